// tsx runs the TypeScript here as everywhere else in the project; types are checked by `npm test`. It is loaded by
// this file, not by `nodeargs` in Pulumi.yaml, because older language hosts aren't told of that.
/* global require, module */
require("tsx/cjs");

module.exports = require(".");
