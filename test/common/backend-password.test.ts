import assert from "node:assert/strict";
import { withoutBackendPassword } from "../../common/backend-password.mjs";

describe("a password in PULUMI_BACKEND_URL", () => {
  const hidden = (url: string) => {
    const { PULUMI_BACKEND_URL, PGPASSWORD } = withoutBackendPassword({ PULUMI_BACKEND_URL: url });
    return [PULUMI_BACKEND_URL, PGPASSWORD];
  };

  it("is taken out of the URL and put where PostgreSQL's clients look for it", () => {
    const url = "postgres://me@db:5432/pulumi?sslmode=disable";
    assert.deepEqual(hidden("postgres://me:secret@db:5432/pulumi?sslmode=disable"), [url, "secret"]);
    assert.deepEqual(hidden("postgres://me:p%40s%2Fs%25@db:5432/pulumi?sslmode=disable"), [url, "p@s/s%"]);
    assert.deepEqual(hidden("postgres://me@db:5432/pulumi?sslmode=disable&password=p%40"), [url, "p@"]);
  });

  it("changes nothing if there is none, or the backend isn't PostgreSQL", () => {
    for (const url of [
      "postgres://me@db/pulumi",
      "postgres:///pulumi?host=/run/pg",
      "file://~",
      "s3://b?a=@",
    ]) {
      assert.deepEqual(hidden(url), [url, undefined]);
    }
    assert.deepEqual(withoutBackendPassword({ PGPASSWORD: "mine" }), { PGPASSWORD: "mine" });
  });

  it("that can't be separated from the rest of the URL is an error that doesn't show it", () => {
    for (const password of ["secret/1", "12/secret", "12#secret", "12?secret", "secret%zz", "%zz"]) {
      assert.throws(() => hidden(`postgres://me:${password}@db/pulumi`), /^((?!secret|12).)*$/);
    }
  });
});
