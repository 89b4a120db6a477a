/**
 * What a comparison of the sources with this program found on Sese-AI, by the numbers that docs/parity.md uses, and the
 * section of docs/requirements.md that has the promise. The gaps are the twenty that a user would meet first. The rest are
 * lines of the comparison: 2 services, 3 networks, 5 flows of data, 9 security, 10 monitoring, 11 budget, 12 integrations.
 */
const GAPS: Readonly<Record<string, string>> = {
  "gap 1": "global-view",
  "gap 2": "ansible-conventions",
  "gap 3": "vpn-access",
  "gap 4": "inventory",
  "gap 5": "networks",
  "gap 6": "global-view",
  "gap 7": "billing-of-ai-tools",
  "gap 8": "llm-requests",
  "gap 9": "creative-pipeline",
  "gap 10": "ansible-layers",
  "gap 11": "ansible-deployment",
  "gap 12": "inventory",
  "gap 13": "ansible-deployment",
  "gap 14": "start-order",
  "gap 15": "inventory",
  "gap 16": "ansible-deployment",
  "gap 17": "llm-budget",
  "gap 18": "global-view",
  "gap 19": "ansible-layers",
  "gap 20": "vpn-access",
};

const SERVICES: Readonly<Record<string, string>> = {
  "2.01": "inventory",
  "2.03": "vpn-access",
  "2.08": "start-order",
  "2.14": "ansible-conventions",
  "2.15": "billing-of-ai-tools",
  "2.16": "global-view",
  "2.21": "global-view",
  "2.23": "llm-requests",
  "2.26": "networks",
  "2.29": "global-view",
  "2.30": "networks",
  "2.31": "inventory",
  "2.34": "global-view",
  "2.38": "inventory",
  "2.44": "global-view",
  "2.48": "global-view",
  "2.54": "inventory",
  "2.55": "service-matrix",
  "2.56": "service-matrix",
  "2.59": "ansible-deployment",
  "2.60": "inventory",
  "2.65": "inventory",
};

const NETWORKS: Readonly<Record<string, string>> = {
  "3.11": "networks",
  "3.12": "vpn-access",
  "3.13": "vpn-access",
  "3.15": "creative-pipeline",
  "3.16": "obsidian-sync",
};

const FLOWS: Readonly<Record<string, string>> = {
  "5.02": "overview",
  "5.34": "vpn-access",
  "5.35": "vpn-access",
  "5.36": "vpn-access",
  "5.37": "vpn-access",
  "5.40": "llm-requests",
  "5.41": "llm-requests",
  "5.43": "llm-requests",
  "5.46": "backups",
  "5.47": "backups",
  "5.48": "backups",
  "5.49": "backups",
  "5.50": "backups",
  "5.51": "backups",
  "5.52": "backups",
  "5.53": "backups",
  "5.61": "start-order",
  "5.62": "start-order",
  "5.66": "creative-pipeline",
  "5.68": "creative-pipeline",
  "5.69": "creative-pipeline",
  "5.70": "creative-pipeline",
  "5.71": "billing-of-ai-tools",
  "5.78": "global-view",
  "5.80": "global-view",
  "5.81": "obsidian-sync",
  "5.83": "obsidian-sync",
  "5.86": "billing-of-ai-tools",
  "5.87": "networks",
  "5.88": "ansible-deployment",
};

const SECURITY: Readonly<Record<string, string>> = {
  "9.01": "inventory",
  "9.02": "inventory",
  "9.03": "inventory",
  "9.04": "ansible-conventions",
  "9.05": "ansible-deployment",
  "9.16": "networks",
  "9.24": "ansible-conventions",
  "9.30": "ansible-conventions",
  "9.32": "ansible-layers",
};

const MONITORING: Readonly<Record<string, string>> = {
  "10.04": "inventory",
  "10.06": "ansible-conventions",
  "10.10": "ansible-layers",
  "10.12": "global-view",
  "10.13": "global-view",
  "10.14": "inventory",
};

const BUDGET: Readonly<Record<string, string>> = {
  "11.01": "llm-budget",
  "11.09": "llm-budget",
  "11.11": "llm-budget",
  "11.13": "billing-of-ai-tools",
  "11.14": "billing-of-ai-tools",
};

const INTEGRATIONS: Readonly<Record<string, string>> = {
  "12.01": "global-view",
  "12.02": "global-view",
  "12.03": "llm-budget",
  "12.04": "llm-budget",
  "12.06": "creative-pipeline",
  "12.07": "creative-pipeline",
  "12.08": "creative-pipeline",
  "12.09": "global-view",
  "12.11": "obsidian-sync",
  "12.13": "obsidian-sync",
  "12.15": "overview",
};

/** Number to the section that has the promise. */
export const PARITY: Readonly<Record<string, string>> = {
  ...GAPS,
  ...SERVICES,
  ...NETWORKS,
  ...FLOWS,
  ...SECURITY,
  ...MONITORING,
  ...BUDGET,
  ...INTEGRATIONS,
};
