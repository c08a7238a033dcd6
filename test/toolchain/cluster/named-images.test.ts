import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namedImages } from "../../../toolchain/cluster";

describe("the images that a Dockerfile names", () => {
  const table: readonly (readonly [dockerfile: string, images: string[], args?: Record<string, string>])[] = [
    ["FROM node:22", ["node:22"]],
    ["from node:22 as app", ["node:22"]],
    ["ARG BASE_IMAGE=node:20\nFROM ${BASE_IMAGE}", ["node:20"]],
    ['arg BASE_IMAGE="node:20"\nFROM $BASE_IMAGE', ["node:20"]],
    ["ARG BASE_IMAGE=node:20\nFROM ${BASE_IMAGE}", ["node:22"], { BASE_IMAGE: "node:22" }],
    ["ARG BASE_IMAGE\nFROM ${BASE_IMAGE}", []],
    ["ARG VERSION=22\nFROM node:${VERSION}", ["node:22"]],
    ["ARG V=22\nARG BASE=node:${V}-slim\nFROM ${BASE}", ["node:22-slim"]],
    ["ARG V\nFROM node:${V:-22}", ["node:22"]],
    ["ARG SLIM=1\nFROM node:22${SLIM:+-slim}", ["node:22-slim"]],
    ["FROM --platform=$BUILDPLATFORM node:22", ["node:22"]],
    ["FROM golang:1 AS build\nRUN go build\nFROM alpine:3", ["golang:1", "alpine:3"]],
    ["FROM node:22 AS base\nFROM base AS build\nFROM Base", ["node:22"]],
    ["FROM node:22 AS a\nFROM node:22\nCOPY --from=a /x /\nCOPY --from=0 /x /", ["node:22"]],
    ["FROM scratch\nCOPY --from=busybox:1 /bin/sh /bin/sh", ["busybox:1"]],
    ["# FROM node:18\n  FROM node:22\nRUN echo FROM node:16", ["node:22"]],
    ["FROM node:22\nCOPY <<E /f\nFROM node:16\nE", ["node:22"]],
    ["FROM scratch", []],
    ["FROM registry.example.org:5000/a/b@sha256:abc", ["registry.example.org:5000/a/b@sha256:abc"]],
    ["", []],
  ];
  for (const [dockerfile, images, args = {}] of table) {
    it(`${JSON.stringify(dockerfile)} names ${images.join(", ") || "none"}`, () =>
      assert.deepEqual(namedImages(dockerfile, args), images));
  }

  it("are one Node.js image for our own service", () => {
    const dockerfile = join(__dirname, "..", "..", "..", "service", "Dockerfile");
    const [image = "", ...others] = namedImages(readFileSync(dockerfile, "utf8"), {});
    assert.match(image, /^node:[\w.-]+$/);
    assert.deepEqual(others, []);
  });
});
