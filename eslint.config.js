// Lint rules, and above all the layers of the design: contract <- agent, contract <- collector, never across; pure modules do no I/O.
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const io = [
  'node:fs',
  'node:fs/*',
  'node:net',
  'node:http',
  'node:https',
  'node:dns',
  'node:dns/*',
  'node:dgram',
  'node:child_process',
  'node:sqlite',
  'node:worker_threads',
  'node:os',
  'node:tls'
]

/** @param {string[]} files @param {({group: string[], message: string} | {regex: string, message: string})[]} patterns @param {{name: string, message: string}[]} [paths] */
const layer = (files, patterns, paths = []) => ({
  files,
  rules: { 'no-restricted-imports': /** @type {['error', object]} */ (['error', { patterns, paths }]) }
})

const onlyIn = (/** @type {string} */ name, /** @type {string} */ file) => ({
  name,
  message: `only ${file} imports ${name}`
})
const noCollector = {
  group: ['**/collector/**'],
  message: 'the agent never imports the collector; share through contract/'
}
const noAgent = { group: ['**/agent/**'], message: 'the collector never imports the agent; share through contract/' }
const system = onlyIn('systeminformation', 'agent/system.ts')
const ping = onlyIn('ping', 'agent/probes/ping/echo.ts')
const sqliteAgent = onlyIn('node:sqlite', 'agent/spool.ts')
const sqliteCollector = onlyIn('node:sqlite', 'collector/store/')

export default defineConfig(
  { ignores: ['node_modules/**', 'dist/**', 'var/**', '.tap/**'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      // Parts are closures, not classes: a function taken from one carries its own state.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      // Types that strip leave no enums, and our only classes are errors: what these two look for cannot be written here, and they cost a third of the run.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off'
    }
  },
  layer(['contract/**/*.ts'], [noCollector, noAgent, { group: io, message: 'contract/ does no I/O' }]),
  layer(['agent/**/*.ts'], [noCollector], [system, ping, sqliteAgent]),
  layer(['agent/system.ts'], [noCollector], [ping, sqliteAgent]),
  layer(['agent/probes/ping/echo.ts'], [noCollector], [system, sqliteAgent]),
  layer(['agent/spool.ts'], [noCollector], [system, ping]),
  layer(['collector/**/*.ts'], [noAgent], [sqliteCollector]),
  layer(['collector/store/**/*.ts'], [noAgent]),
  // A row's type is named where the statement that selects its columns is: the one parameter says it.
  { files: ['collector/store/**/*.ts'], rules: { '@typescript-eslint/no-unnecessary-type-parameters': 'off' } },
  layer(
    ['collector/verdicts/**/*.ts', 'collector/calendar/**/*.ts'],
    [
      noAgent,
      { group: io, message: 'pure: rules are functions of their arguments' },
      {
        group: ['**/store/**', '**/routes/**', '**/receive/**', '**/app.ts', '**/main.ts'],
        message: 'pure modules import contract/ and each other only'
      }
    ]
  ),
  layer(
    ['dashboards/**/*.ts'],
    [
      noAgent,
      {
        regex: '/collector/(?!sinks/influx/schema\\.ts$)',
        message: 'dashboards know what lies in InfluxDB (schema.ts) and nothing else of the collector'
      }
    ]
  ),
  {
    files: ['deploy/**', 'bench/**', 'tests/**'],
    rules: { 'no-console': 'off' }
  },
  {
    // tap's assertions are chained promises by design; a test that forgets an await fails by its plan or its name.
    files: ['tests/**'],
    rules: {
      // A subtest is async so that it ends by returning, also when it awaits nothing.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['test'], package: '@tapjs/core' }] }
      ]
    }
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly'
      }
    }
  }
)
