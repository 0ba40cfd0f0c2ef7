// SCIMMY (npm) behind Express: the least that its documentation asks of a host, with users and
// groups in memory. Prints one line, `url=… token=…`, when it listens.
//
//   node scimmy.mjs [PORT] [TOKEN]
//
// SCIMMY leaves storage, uniqueness and the applying of filters to the host. What is here is the
// cheapest honest host: a Map by id, a Map by lower-cased userName, and SCIMMY's own filter for
// everything else. It keeps nothing on disk.

import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const port = Number(process.argv[2] ?? 0);
const token = process.argv[3] ?? randomUUID();

SCIMMY.Config.set({ patch: true, filter: 1000, sort: true, bulk: { maxOperations: 1000 } });

function store(unique) {
  const byId = new Map();
  const byName = new Map();
  const key = (item) => String(item[unique]).toLowerCase();

  return {
    // Creates without an id, replaces (PUT, and PATCH after SCIMMY applied it) with one.
    ingress(resource, data) {
      const now = new Date().toISOString();
      const former = resource.id === undefined ? undefined : byId.get(resource.id);
      if (resource.id !== undefined && former === undefined) {
        throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
      }
      const item = JSON.parse(JSON.stringify(data));
      const owner = byName.get(key(item));
      if (owner !== undefined && owner !== resource.id) {
        throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
      }
      item.id = resource.id ?? randomUUID();
      item.meta = { ...item.meta, created: former?.meta.created ?? now, lastModified: now };
      if (former !== undefined) byName.delete(key(former));
      byId.set(item.id, item);
      byName.set(key(item), item.id);
      return item;
    },
    egress(resource) {
      if (resource.id !== undefined) {
        const item = byId.get(resource.id);
        if (item === undefined) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
        return item;
      }
      // The look-up every identity provider does, without a scan.
      const only = resource.filter?.length === 1 ? resource.filter[0] : undefined;
      if (only && Object.keys(only).length === 1 && only[unique]?.[0] === "eq") {
        const item = byId.get(byName.get(String(only[unique][1]).toLowerCase()));
        return item === undefined ? [] : [item];
      }
      const all = [...byId.values()];
      return resource.filter ? resource.filter.match(all) : all;
    },
    degress(resource) {
      const item = byId.get(resource.id);
      if (item === undefined) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
      byId.delete(resource.id);
      byName.delete(key(item));
    },
  };
}

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), store("userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, store("displayName"));

const app = express();
app.use(
  "/scim/v2",
  new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
      if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("wrong token");
      // No id of a user: the token is nobody's, so that /Me is answered 501.
    },
    baseUri: () => `http://127.0.0.1:${server.address().port}`,
  }),
);

const server = app.listen(port, "127.0.0.1", () => {
  console.log(`url=http://127.0.0.1:${server.address().port}/scim/v2 token=${token}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
