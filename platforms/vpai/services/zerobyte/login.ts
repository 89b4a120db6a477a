import type { Login } from "../../../../model/site";

/** What the gateway asks for before anything of Zerobyte is reached (docs/decisions/zerobyte.md). */
export const ZEROBYTE_LOGIN: Login = {
  user: "owner",
  secret: {
    name: "zerobyteGatewayPassword",
    description: "Password that the gateway asks for before Zerobyte, with the name owner",
    ansible: "zerobyte_gateway_password",
    origin: "random",
    length: 32,
  },
};
