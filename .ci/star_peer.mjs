// Writes Star's commands for what is on the receipts of hal/examples/peers.rs, as another encoder
// writes them: `node star_peer.mjs FOLDER-WITH-NODE_MODULES` (see .ci/peers).
import { createRequire } from "node:module";
import { resolve } from "node:path";

const load = createRequire(resolve(process.argv[2], "package.json"));
const Encoder = load("@point-of-sale/receipt-printer-encoder");

// On narrow paper bars are narrower.
const printers = [
  { language: "star-prnt", columns: 48, width: 2 },
  { language: "star-prnt", columns: 32, width: 1 },
  { language: "star-line", columns: 48, width: 2 },
];
for (const { language, columns, width } of printers) {
  const encoder = new Encoder({ language, columns });
  encoder
    .barcode("C1-000042", "code128", { height: 80, width, text: true })
    .qrcode("https://example.com/r/C1-000042", { model: 2, size: 6, errorlevel: "m" })
    .pulse(0, 50, 500);
  for (const { commands } of encoder.commands()) {
    for (const { type, property, payload } of commands.filter((it) => it.payload)) {
      const hexadecimal = Buffer.from(payload).toString("hex");
      const command = property ? `${type} ${property}` : type;
      console.log([language, columns, command, hexadecimal].join("\t"));
    }
  }
}
