import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { ExitError } from '../contract/exit.ts'
import { addBandwidthCommand } from './bandwidth-command.ts'
import { collectorTime } from './collector-time.ts'
import { enroll } from './enroll.ts'
import { runAgent } from './main.ts'
import type { Probe } from './probe.ts'
import { probes } from './probes/index.ts'
import { runCheck } from './run-check.ts'
import { thisSystem } from './system.ts'

/** Adds the agent's commands. Data goes to stdout, words for people to stderr. */
export const addAgentCommands = (program: Command, version: string): void => {
  program
    .command('agent')
    .description('run the agent 运行探针')
    .requiredOption('--config <file>', 'agent.yaml')
    .action((options: { config: string }) => runAgent(options.config))

  program
    .command('enroll')
    .description('enrol this machine with a token 登记本机')
    .requiredOption('--url <url>', 'the collector, for example http://10.1.2.3:8080')
    .requiredOption('--token-file <file>', 'file with the enrolment token, - for standard input')
    .option('--data <dir>', 'where the agent keeps its key and spool', './var/agent')
    .option('--json', 'print the answer as JSON')
    .action(async (options: { url: string; tokenFile: string; data: string; json?: boolean }) => {
      const url = checkedUrl(options.url)
      const [token, tokenPlace] =
        options.tokenFile === '-'
          ? [await text(process.stdin), 'standard input']
          : [await readToken(options.tokenFile), options.tokenFile]
      const { configFile, ...answer } = await enroll({
        url,
        token,
        tokenPlace,
        directory: options.data,
        system: thisSystem(),
        version
      })
      if (options.json === true) process.stdout.write(`${JSON.stringify({ ...answer, config: configFile })}\n`)
      else {
        process.stdout.write(`${answer.agent}\n`)
        process.stderr.write(
          answer.state === 'approved'
            ? `登记成功：学校 ${answer.school}，设备 ${answer.device ?? ''}。下一步 enrolled; next: campus-gauge agent --config ${configFile}\n`
            : `已登记，等待审批：请告知上级管理员探针编号 ${answer.agent}。Enrolled, waiting for approval by the bureau. Next: campus-gauge agent --config ${configFile}\n`
        )
      }
    })

  program
    .command('once')
    .description('run one probe now 立即检测一次')
    .argument('<probe>', probes.map(probe => probe.name).join(', '))
    .option('--options <json>', 'options of the probe', '{}')
    .option('--collector <url>', 'collector for the fallback of the clock probe', 'http://127.0.0.1:8080')
    .option('--json', 'print {"readings":[…]}')
    .action((name: string, options: OnceOptions) => once(name, options))

  addBandwidthCommand(program)
}

interface OnceOptions {
  readonly options: string
  readonly collector: string
  readonly json?: boolean
}

const once = async (name: string, options: OnceOptions): Promise<void> => {
  const probe = probes.find(candidate => candidate.name === name)
  if (probe === undefined)
    throw new ExitError('usage', `argument probe must be one of ${probes.map(p => p.name).join(', ')}, got "${name}"`)
  const prepared = probe.prepare(parseOptions(options.options))
  const system = thisSystem()
  const abort = new AbortController()
  const url = checkedUrl(options.collector)
  const stop = () => abort.abort()
  process.once('SIGINT', stop)
  const readings = await runCheck(
    probe,
    prepared,
    { check: `once-${probe.name}@1` },
    {
      signal: abort.signal,
      system,
      collectorUrl: url,
      clockOffsetMs: () => undefined,
      collectorTime: () => collectorTime(url, abort.signal),
      exchange: undefined,
      dataDirectory: undefined,
      asked: () => true
    }
  )
  if (options.json === true) process.stdout.write(`${JSON.stringify({ readings })}\n`)
  else for (const reading of readings) process.stdout.write(`${lineOf(probe, reading)}\n`)
}

const marks = { ok: '✔', degraded: '⚠', failed: '✖', unavailable: '?' } as const

const lineOf = (probe: Probe, reading: Awaited<ReturnType<typeof runCheck>>[number]): string => {
  const fields = Object.entries(reading.fields).map(([name, value]) => `${name}=${Math.round(value * 1000) / 1000}`)
  const why =
    reading.reason === undefined
      ? ''
      : ` ${reading.reason}: ${probe.reasons[reading.reason] ?? reading.labels?.['message'] ?? ''}`
  return `${marks[reading.outcome]} ${probe.name}${reading.part === undefined ? '' : ` ${reading.part}`} ${reading.outcome}${why} ${fields.join(' ')}`.trimEnd()
}

const parseOptions = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown
  } catch (cause) {
    throw new ExitError('usage', `option --options must be JSON: ${cause instanceof Error ? cause.message : ''}`, {
      cause
    })
  }
}

const checkedUrl = (url: string): string => {
  if (!/^https?:\/\/[^/@\s]+\/?$/.test(url))
    throw new ExitError(
      'usage',
      `option --url must be http://HOST:PORT or https://HOST without a path, got "${url.replace(/\/\/[^/@]*@/, '//***@').slice(0, 200)}"`
    )
  return url.replace(/\/$/, '')
}

const readToken = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ExitError(
      'usage',
      `option --token-file must be a readable file: ${cause instanceof Error ? cause.message : file}`,
      { cause }
    )
  }
}
