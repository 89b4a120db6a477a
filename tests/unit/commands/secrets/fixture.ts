import { readFileSync } from "node:fs";
import path from "node:path";

const FOLDER = path.join(__dirname, "fixtures");

export const fixturePath = (name: string): string => path.join(FOLDER, name);

/** Text of a fixture; the vaults were made by ansible-vault of ansible-core 2.19.14 from lab data. */
export const fixture = (name: string): string => readFileSync(fixturePath(name), "utf8");

/** The password that all vaults but the one of id `dev` were encrypted with. */
export const PASSWORD = Buffer.from("lab-vault-password-1");
export const OTHER_PASSWORD = Buffer.from("lab-vault-password-2");
