// Copies the script that pages load out of what npm installed.
import { cpSync, mkdirSync } from "node:fs";

const to = "src/leeway/site/static/vendor";
mkdirSync(to, { recursive: true });
cpSync("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js", `${to}/govuk-frontend.min.js`);
