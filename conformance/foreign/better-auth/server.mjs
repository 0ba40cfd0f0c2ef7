// Better Auth with its SCIM plugin (npm: better-auth, @better-auth/scim) on Node's own HTTP server,
// with its memory adapter. Prints one line, `url=… token=…`, when it listens.
//
//   node better-auth.mjs [PORT] [TOKEN]
//
// Two connections, which keep what they make apart: TOKEN belongs to the first, TOKEN-second to the
// other, and TOKEN-reader may only read the first.

import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { scim } from "@better-auth/scim";

const port = Number(process.argv[2] || 0);
const token = process.argv[3] || randomBytes(24).toString("hex");
const bearer = (id, token, scopes) => ({ type: "bearer", id, token, scopes });
const read = ["scim.users.read", "scim.groups.read"];

// The port must be known before the plugin is made: it writes absolute addresses.
const server = createServer();
server.listen(port, "127.0.0.1", () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const options = {
    baseURL: origin,
    secret: randomBytes(32).toString("hex"),
    logger: { disabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [
      scim({
        connections: [
          { id: "first", credentials: [bearer("main", token), bearer("reader", `${token}-reader`, read)] },
          { id: "second", credentials: [bearer("main", `${token}-second`)] },
        ],
      }),
    ],
  };
  const tables = Object.keys(getAuthTables(options));
  const database = memoryAdapter(Object.fromEntries(tables.map((name) => [name, []])));
  server.on("request", toNodeHandler(betterAuth({ ...options, database })));
  console.log(`url=${origin}/api/auth/scim/v2 token=${token}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
