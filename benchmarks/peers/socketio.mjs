// Socket.IO with rooms: what one says, all in the room hear, its author too. It stores nothing.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((_, response) => response.end("ok"));
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, path: "/socket.io/" });
io.on("connection", (socket) => {
  socket.on("join", (room) => socket.join(room));
  socket.on("edit", (room, text) => io.to(room).emit("edit", text));
});
http.listen(Number(process.env.PORT), "127.0.0.1");
