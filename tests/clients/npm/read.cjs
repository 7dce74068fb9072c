// Reads a service's API with the npm package statuspage.io, by every call it has, and prints what it got.
// Arguments: the folder that holds node_modules, the address of the service.
const { createRequire } = require("node:module");
const [, , folder, address] = process.argv;
const { Statuspage } = createRequire(folder + "/")("statuspage.io");

(async () => {
  const client = new Statuspage("page");
  client.setApiUrl(address);
  const calls = {
    status: client.api.getStatus,
    components: client.api.getComponents,
    summary: client.api.getSummary,
    incidents: () => client.api.incidents.getAll(),
    unresolved: () => client.api.incidents.getUnresolved(),
    maintenances: () => client.api.scheduledMaintenances.getAll(),
    upcoming: () => client.api.scheduledMaintenances.getUpcoming(),
    active: () => client.api.scheduledMaintenances.getActive(),
  };
  const got = {};
  for (const [name, call] of Object.entries(calls)) got[name] = await call();
  console.log(JSON.stringify(got));
})();
