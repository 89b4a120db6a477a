/** By which we know what is ours in an Uptime Kuma, since names are anybody's to give: the description of each. */
export const OURS = "Kept by the deployment; what is changed here is set back.";
