import { tenant } from "../tenant";

export default tenant("cube");
