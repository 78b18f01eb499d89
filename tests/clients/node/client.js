// A client in another language: it creates a check, runs it, watches the job and reads the result; then it asks for
// what does not exist, and without a key.
// Usage: node client.js PROTO_FOLDER[:PROTO_FOLDER…] CHECK_ADDRESS RESULTS_ADDRESS API_KEY CONNECTION_ID
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [, , folders, checkAddress, resultsAddress, apiKey, connectionId] = process.argv;

const definition = loader.loadSync(["check_service", "job_service", "results_service"].map((n) => `dq/v1/${n}.proto`), {
  includeDirs: folders.split(":"),
  keepCase: true,
  enums: String,
  defaults: true,
});
const { dq } = grpc.loadPackageDefinition(definition);
const credentials = grpc.credentials.createInsecure();
const metadata = new grpc.Metadata();
metadata.set("x-api-key", apiKey);

const call = (client, method, request) =>
  new Promise((resolve, reject) =>
    client[method](request, metadata, (error, response) => (error ? reject(error) : resolve(response))),
  );

const checks = new dq.v1.CheckService(checkAddress, credentials);
const jobs = new dq.v1.JobService(checkAddress, credentials);
const results = new dq.v1.ResultsService(resultsAddress, credentials);

const target = { connection_id: connectionId, schema_name: "shop", table_name: "customers", column_name: "email" };
const { check } = await call(checks, "CreateCheck", {
  check: {
    target,
    check_type: "nulls_count",
    thresholds: { error: { fields: { max_count: { numberValue: 0 } } } },
  },
});
const { job } = await call(checks, "RunCheck", { check_id: check.id });

const states = [];
await new Promise((resolve, reject) => {
  const stream = jobs.WatchJob({ job_id: job.id }, metadata);
  stream.on("data", (message) => states.push(message.job.state));
  stream.on("error", reject);
  stream.on("end", resolve);
});

const found = await call(results, "ListResults", { filter: { job_id: job.id } });
const failure = await call(checks, "GetCheck", { check_id: "00000000-0000-0000-0000-000000000000" }).catch((e) => e);
const refusal = await new Promise((resolve) => checks.ListChecks({}, new grpc.Metadata(), resolve));

console.log(
  JSON.stringify({
    state: states.at(-1),
    results: found.results.map(({ outcome, value, check_type }) => ({ outcome, value, check_type })),
    missing: failure.code,
    refused: refusal.code,
  }),
);
