import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { baseImageIn } from "../../../toolchain/cluster";

describe("the base image that a Dockerfile names", () => {
  const table: readonly (readonly [dockerfile: string, image: string | undefined])[] = [
    ["FROM node:22", "node:22"],
    ["from node:22 as app", "node:22"],
    ["ARG BASE_IMAGE=node:20\nFROM ${BASE_IMAGE}", "node:20"],
    ['arg BASE_IMAGE="node:20"\nFROM $BASE_IMAGE', "node:20"],
    ["ARG BASE_IMAGE\nFROM ${BASE_IMAGE}", undefined],
    ["ARG VERSION=22\nFROM node:${VERSION}", undefined],
    ["FROM --platform=linux/amd64 node:22", "node:22"],
    ["FROM golang:1 AS build\nRUN go build\nFROM alpine:3", "alpine:3"],
    ["FROM node:22 AS base\nFROM base AS build\nFROM Base", "node:22"],
    ["# FROM node:18\n  FROM node:22\nRUN echo FROM node:16", "node:22"],
    ["FROM scratch", undefined],
    ["FROM registry.example.org:5000/a/b@sha256:abc", "registry.example.org:5000/a/b@sha256:abc"],
    ["", undefined],
  ];
  for (const [dockerfile, image] of table) {
    it(`is ${image ?? "not known"} in ${JSON.stringify(dockerfile)}`, () =>
      assert.equal(baseImageIn(dockerfile), image));
  }

  it("is known for our own service", () => {
    const dockerfile = join(__dirname, "..", "..", "..", "service", "Dockerfile");
    assert.match(baseImageIn(readFileSync(dockerfile, "utf8")) ?? "", /^node:[\w.-]+$/);
  });
});
