import { buildArguments, mirrorAmong } from "../../../../lab/images/network";

test("the mirror is that of Debian's main archive, not of its security updates or of others", () => {
  const targets = [
    "Other https://packages.example.org/apt",
    "Debian-Security http://mirror.example.org/debian-security/",
    "Debian http://mirror.example.org/debian/",
    "Debian http://second.example.org/debian/",
  ];
  expect(mirrorAmong(targets.join("\n"))).toBe("http://mirror.example.org/debian");
});

test.each(["Ubuntu http://archive.example.org/ubuntu/", "Debian file:/media/cdrom/", ""])(
  "no mirror in %p",
  (targets) => {
    expect(mirrorAmong(targets)).toBeUndefined();
  },
);

test("a build gets names of variables, never their values: they may carry credentials", () => {
  const env = {
    PIP_INDEX_URL: "https://user:password@example.org",
    https_proxy: "http://proxy",
    no_proxy: "",
    HOME: "/root",
  };
  expect(buildArguments(env)).toEqual(["--build-arg", "https_proxy", "--build-arg", "PIP_INDEX_URL"]);
});
