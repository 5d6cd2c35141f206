/** asl-validator ships its types beside its sources, where its package.json does not point to them. */
declare module "asl-validator" {
  export default function validate(definition: unknown): {
    readonly isValid: boolean;
    readonly errors: readonly { readonly Message?: string }[];
  };
}
