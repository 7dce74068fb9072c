// node evaluate.cjs FOLDER_OF_NODE_MODULES POLICY: what Google's CSP Evaluator has against a policy, as JSON.
const { createRequire } = require("node:module");
const load = createRequire(process.argv[2] + "/");
const { CspParser } = load("csp_evaluator/dist/parser.js");
const { CspEvaluator } = load("csp_evaluator/dist/evaluator.js");

const findings = new CspEvaluator(new CspParser(process.argv[3]).csp).evaluate();
console.log(JSON.stringify(findings.map(({ directive, value, severity }) => [directive, value ?? "", severity])));
