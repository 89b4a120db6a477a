/**
 * Fakes of what n8n's workflows call, in one program: LiteLLM, ComfyUI, Remotion and Kaneo on their own ports, with what of their
 * interfaces the workflows use. Each request is a line of JSON in its log. A text with `refuse:<name>` makes that one answer 503, one
 * with `break:<name>` lets its job fail. Of the budget LiteLLM speaks to whom Telegram's token vouches for alone, as the platform's does.
 */
export const FAR_ENDS = String.raw`
const http = require("node:http");
const jobs = { images: 0, videos: 0, tasks: 0, broken: new Set(), looks: {} };

const ENDS = {
  LiteLLM: { port: 4000, answer: (path, body) => ({
    choices: [{ message: { role: "assistant", content: "prompt of: " + body.messages.at(-1).content } }],
  }) },
  ComfyUI: { port: 8188, answer: (path, body, text) => {
    if (path === "/prompt") {
      const id = "image-" + (jobs.images += 1);
      if (text.includes("break:ComfyUI")) jobs.broken.add(id);
      return { prompt_id: id };
    }
    const id = path.split("/").pop();
    if (jobs.broken.has(id)) return { [id]: { outputs: {}, status: { status_str: "error", completed: false } } };
    // The first look comes too early.
    if ((jobs.looks[id] = (jobs.looks[id] ?? 0) + 1) === 1) return {};
    const images = [{ filename: id + ".png", subfolder: "", type: "output" }];
    return { [id]: { outputs: { 7: { images } }, status: { status_str: "success", completed: true } } };
  } },
  Remotion: { port: 3200, answer: (path, body, text) => {
    if (path === "/render") {
      const id = String(jobs.videos += 1);
      if (text.includes("break:Remotion")) jobs.broken.add("video " + id);
      return { id };
    }
    const id = path.split("/").pop();
    if (jobs.broken.has("video " + id)) return { id, status: "failed" };
    if ((jobs.looks["video " + id] = (jobs.looks["video " + id] ?? 0) + 1) === 1) return { id, status: "rendering" };
    return { id, status: "done", url: "http://cut:3200/output/" + id + ".mp4" };
  } },
  Kaneo: { port: 1337, answer: () => ({ id: "task-" + (jobs.tasks += 1) }) },
};

for (const [who, { port, answer }] of Object.entries(ENDS))
  http.createServer((request, response) => {
    let text = "";
    request.on("data", (part) => (text += part)).on("end", () => {
      const body = text === "" ? undefined : JSON.parse(text);
      const { method, url: path, headers: { authorization, "x-telegram-bot-api-secret-token": telegram } } = request;
      console.log(JSON.stringify({ who, method, path, authorization, telegram, body }));
      const forbidden = who === "LiteLLM" && body?.model === "budget" && telegram !== "canary-of-telegram";
      const refused = forbidden || text.includes("refuse:" + who);
      response.writeHead(forbidden ? 403 : refused ? 503 : 200, { "content-type": "application/json" });
      response.end(JSON.stringify(refused ? { message: who + " is out of order" } : answer(path, body, text)));
    });
  }).listen(port);`;
