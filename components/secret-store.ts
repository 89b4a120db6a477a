import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResource,
  type Output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { type Connection, KeptSecret } from "@vpai/providers";
import { DEFAULT_SECRET_LENGTH, type SecretDeclaration } from "../model/secret";
import { UserError } from "../model/finding";

/** What a stack's config says of its secrets. */
interface ConfiguredSecrets {
  /** Values by name. */
  secrets: Readonly<Record<string, Output<string> | undefined>>;
  /** How often each made one was rotated. */
  rotations: Readonly<Record<string, number>>;
  /** Values of before, of those that are being rotated. */
  before: Readonly<Record<string, Output<string>>>;
}

/** The host that keeps copies of the made secrets. */
export interface SecretKeeper {
  connection: Output<Connection>;
  /** Absolute path of the folder of the copies. */
  folder: string;
  /** What the copies vanish with; undefined on a machine that outlives the stack. */
  vanishesWith: Resource | undefined;
}

/**
 * The stack's secrets by declaration: configured ones as they are, the others generated once, and kept in the state and on
 * a host. One that the state lost is taken from there.
 */
export class SecretStore extends ComponentResource {
  private readonly given = new Map<string, Output<string>>();

  /** @param keeper is asked when the first secret is made */
  constructor(
    name: string,
    private readonly configured: ConfiguredSecrets,
    private readonly keeper: () => SecretKeeper,
    options?: ComponentResourceOptions,
  ) {
    super("vpai:platform:SecretStore", name, {}, options);
    this.registerOutputs();
  }

  /** The value of a secret; undefined where the stack does not need it. */
  get(declaration: SecretDeclaration): Output<string> | undefined {
    const known =
      this.given.get(declaration.name) ?? this.configured.secrets[declaration.name] ?? this.generated(declaration);
    if (known !== undefined) this.given.set(declaration.name, known);
    return known;
  }

  /** The value of a secret that must be there. @throws when the stack has none */
  require(declaration: SecretDeclaration): Output<string> {
    const value = this.get(declaration);
    if (value === undefined)
      throw new UserError(`expected a value of the secret ${declaration.name}, found none: make secrets`);
    return value;
  }

  /** Has whoever gets a secret from now on come after a resource, which says what that secret opens. */
  giveAfter(resource: CustomResource, declaration: SecretDeclaration): void {
    const value = this.require(declaration);
    this.given.set(declaration.name, secret(all([value, resource.id]).apply(([known]) => known)));
  }

  /** The value of before of a secret that is being rotated; undefined of any other. */
  before({ name }: SecretDeclaration): Output<string> | undefined {
    return this.configured.before[name];
  }

  private generated({ name, origin, ...form }: SecretDeclaration): Output<string> | undefined {
    if (origin !== "random") return undefined;
    const { [name]: rotation } = this.configured.rotations;
    // Another number is another value; none is what a secret has that was never rotated.
    const keepers = rotation === undefined ? {} : { keepers: { rotation: String(rotation) } };
    const made = secret(new RandomPassword(name, { ...lettersOf(form), ...keepers }, { parent: this }).result);
    const { connection, folder, vanishesWith } = this.keeper();
    const copy = new KeptSecret(
      `${name}/copy`,
      { connection, path: `${folder}/${name}`, made },
      { parent: this, ...(vanishesWith !== undefined && { deletedWith: vanishesWith }) },
    );
    return secret(copy.value);
  }
}

/** One of each kind, where the program asks for that. */
const EACH_KIND = { special: true, overrideSpecial: "!@#%^*", minLower: 1, minUpper: 1, minNumeric: 1, minSpecial: 1 };

const lettersOf = ({ length = DEFAULT_SECRET_LENGTH, mixed = false }: Pick<SecretDeclaration, "length" | "mixed">) => ({
  length,
  ...(mixed ? EACH_KIND : { special: false }),
});
