import express from "express";
import nocodb from "nocodb";

/** Starts NocoDB, which its npm package offers as a library, on the port that the official image listens on. */
const app = express();
app.enable("trust proxy");
app.disable("etag").disable("x-powered-by");
const server = app.listen(Number(process.env.PORT));
app.use(await nocodb.Noco.init({}, server, app));
