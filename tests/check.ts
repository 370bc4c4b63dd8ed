// Types and lint rules over one program: tsc and eslint apart each build and check the whole of it.
// `npm run types` and `npm run lint` are the two by themselves.
import { ESLint } from 'eslint'
import ts from 'typescript'
import { parser } from 'typescript-eslint'

const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic: ts.Diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
  }
}
const config = ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host)
if (config === undefined) throw new Error('tsconfig.json must be a file that can be read, got none')
const program = ts.createProgram({
  rootNames: config.fileNames,
  options: config.options,
  configFileParsingDiagnostics: config.errors
})
const faults = ts.getPreEmitDiagnostics(program)
if (faults.length > 0) {
  console.error(ts.formatDiagnosticsWithColorAndContext(faults, ts.createCompilerHost(config.options)))
  process.exit(2)
}

// The parser takes its options second; the type that typescript-eslint exports leaves them out.
const parse: (text: string, options: object) => ReturnType<typeof parser.parseForESLint> = parser.parseForESLint
// Half of the CPU is for the rules over tests: left to CI=true and `npm run lint`. Their types are always checked.
const ignorePatterns = process.env['CI'] === 'true' ? [] : ['tests/**']
const eslint = new ESLint({
  ignorePatterns,
  cache: true,
  cacheLocation: 'node_modules/.cache/eslint-check/',
  overrideConfig: {
    files: ['**/*.ts', '**/*.js'],
    languageOptions: {
      parser: {
        meta: { name: 'typescript-eslint over one program', version: ts.version },
        parseForESLint: (text: string, options: object) =>
          parse(text, { ...options, projectService: false, programs: [program] })
      }
    }
  }
})
const results = await eslint.lintFiles(['.'])
const formatter = await eslint.loadFormatter('stylish')
const report = await formatter.format(results)
if (report !== '') console.error(report)
process.exitCode = results.some(result => result.errorCount > 0) ? 1 : 0
