// The y-websocket server, in memory only.
import http from "node:http";
import { WebSocketServer } from "ws";
import { setupWSConnection } from "@y/websocket-server/utils";

const server = http.createServer((_, response) => response.end("ok"));
const sockets = new WebSocketServer({ noServer: true });
sockets.on("connection", setupWSConnection);
server.on("upgrade", (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (one) => sockets.emit("connection", one, request)),
);
server.listen(Number(process.env.PORT), "127.0.0.1");
