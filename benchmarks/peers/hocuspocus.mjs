// Hocuspocus as its own documentation starts it, with its SQLite extension.
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const { PORT, DATABASE } = process.env;
await new Server({ port: Number(PORT), quiet: true, extensions: [new SQLite({ database: DATABASE })] }).listen();
