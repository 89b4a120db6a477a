import { ComponentResource, type ComponentResourceOptions, type Output, type Resource, secret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { type Connection, KeptSecret } from "@vpai/providers";
import { DEFAULT_SECRET_LENGTH, type SecretDeclaration } from "../model/secret";
import { UserError } from "../model/finding";

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

  /**
   * @param configured values from the stack config, by name
   * @param keeper is asked when the first secret is made
   */
  constructor(
    name: string,
    private readonly configured: Readonly<Record<string, Output<string> | undefined>>,
    private readonly keeper: () => SecretKeeper,
    options?: ComponentResourceOptions,
  ) {
    super("vpai:platform:SecretStore", name, {}, options);
    this.registerOutputs();
  }

  /** The value of a secret; undefined where the stack does not need it. */
  get(declaration: SecretDeclaration): Output<string> | undefined {
    const known = this.given.get(declaration.name) ?? this.configured[declaration.name] ?? this.generated(declaration);
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

  private generated({ name, origin, ...form }: SecretDeclaration): Output<string> | undefined {
    if (origin !== "random") return undefined;
    const made = secret(new RandomPassword(name, lettersOf(form), { parent: this }).result);
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
