// Copies what pages load, and the typeface that letters are set in too, out of what npm installed.
import { cpSync, mkdirSync } from "node:fs";

const to = "src/leeway/site/static/vendor";
mkdirSync(to, { recursive: true });
cpSync("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js", `${to}/govuk-frontend.min.js`);
for (const cut of ["Regular", "It", "Bold"]) {
  const face = `SourceSans3-${cut}.ttf`;
  cpSync(`node_modules/source-sans/WOFF2/TTF/${face}.woff2`, `${to}/${face}.woff2`);
  cpSync(`node_modules/source-sans/TTF/${face}`, `${to}/${face}`);
}
