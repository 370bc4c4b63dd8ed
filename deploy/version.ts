import manifest from '../package.json' with { type: 'json' }

/** The version of this build; esbuild inlines it into bundles. */
export const version: string = manifest.version
