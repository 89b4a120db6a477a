import { programOf } from "../../../lab/program";

test("the lab says which program runs under a reference, and in which version", () => {
  expect(programOf("lab", "docker.io/n8nio/n8n:2.7.3")).toBe("real, 2.7.4");
  expect(programOf("lab", "docker.io/library/redis:8.0.2")).toBe("real, 8.0.2");
  expect(programOf("lab", "docker.io/library/nginx:1.29")).toBe("unknown");
});

test("elsewhere a reference is what it says", () => {
  expect(programOf("prod", "docker.io/n8nio/n8n:2.7.3")).toBe("real");
});
