/** What a backend's URL says of a bucket, in the words of the client. */
export interface BucketSettings {
  readonly bucket: string;
  /** Starts every key: empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region?: string;
  /** With its scheme. */
  readonly endpoint?: string;
  readonly profile?: string;
  readonly forcePathStyle: boolean;
  readonly anonymous: boolean;
  readonly useAccelerateEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
  readonly useFipsEndpoint: boolean;
  /** Without TLS, where no endpoint says so itself. */
  readonly withoutTls: boolean;
  /** Default: those that every AWS client finds. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How objects are encrypted at rest, such as `aws:kms`. */
  readonly encryption?: string;
  readonly kmsKey?: string;
}

/** Parameters that change nothing for single requests of a few MB. */
const WITHOUT_EFFECT = ["awssdk", "hostname_immutable", "rate_limiter_capacity"];
const KNOWN = [
  ...["region", "endpoint", "profile", "s3ForcePathStyle", "use_path_style", "disableSSL", "disable_https"],
  ...["anonymous", "accelerate", "dualstack", "fips", "ssetype", "kmskeyid"],
  ...["request_checksum_calculation", "response_checksum_validation", ...WITHOUT_EFFECT],
];

/**
 * Reads a backend's URL as the engine does.
 * @throws Error for a parameter that is not known here
 */
export function bucketSettings(url: string): BucketSettings {
  const { hostname, pathname, searchParams: query } = new URL(url);
  const unknown = [...query.keys()].filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `expected parameters that are known here in the backend's URL (${KNOWN.join(", ")}), found ${unknown.join(", ")}`,
    );
  const is = (...names: string[]): boolean => names.some((name) => /^(1|t|true)$/i.test(query.get(name) ?? ""));
  const given = <Name extends string>(name: Name, parameter: string): Partial<Record<Name, string>> => {
    const value = query.get(parameter);
    return value ? ({ [name]: value } as Partial<Record<Name, string>>) : {};
  };
  const withoutTls = is("disableSSL", "disable_https");
  const endpoint = query.get("endpoint") ?? "";
  const folder = decodeURIComponent(pathname).replace(/^\/+/, "").replace(/\/*$/, "/");
  return {
    bucket: hostname,
    prefix: folder === "/" ? "" : folder,
    ...given("region", "region"),
    ...given("profile", "profile"),
    ...given("encryption", "ssetype"),
    ...given("kmsKey", "kmskeyid"),
    ...(endpoint === "" ? {} : { endpoint: withScheme(endpoint, withoutTls) }),
    forcePathStyle: is("s3ForcePathStyle", "use_path_style"),
    anonymous: is("anonymous"),
    useAccelerateEndpoint: is("accelerate"),
    useDualstackEndpoint: is("dualstack"),
    useFipsEndpoint: is("fips"),
    withoutTls,
  };
}

const withScheme = (endpoint: string, withoutTls: boolean): string =>
  endpoint.includes("://") ? endpoint : `${withoutTls ? "http" : "https"}://${endpoint}`;
