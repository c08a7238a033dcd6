// What serving is compared with: the same two answers by bare node:http, Express and Fastify. The environment says by
// which. Like the service, it is bundled into one main.js.
const SERVERS = {
  "node:http": () => {
    const { createServer } = require("node:http");
    const server = createServer((request, response) => {
      const answer = answers[request.url] ?? "Not Found";
      response.statusCode = request.url in answers ? 200 : 404;
      response.setHeader("Content-Type", "text/plain; charset=utf-8");
      response.setHeader("Content-Length", answer.length);
      response.end(answer);
    });
    return (port) => server.listen(port);
  },
  express: () => {
    const app = require("express")();
    for (const [path, answer] of Object.entries(answers)) {
      app.get(path, (_request, response) => response.type("text/plain").send(answer));
    }
    return (port) => app.listen(port);
  },
  fastify: () => {
    const app = require("fastify")();
    for (const [path, answer] of Object.entries(answers)) {
      app.get(path, (_request, reply) => reply.type("text/plain; charset=utf-8").send(answer));
    }
    return (port) => app.listen({ port, host: "0.0.0.0" });
  },
};

const answers = { "/healthcheck": "Hello World", "/ip": process.env.MY_POD_IP ?? "", "/readyz": "ready" };

SERVERS[process.env.SERVER]()(Number(process.env.PORT));
process.on("SIGTERM", () => process.exit());
