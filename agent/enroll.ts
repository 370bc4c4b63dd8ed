import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  EnrolAnswer,
  enrolmentProof,
  fingerprintOf,
  parseToken,
  tokenHash,
  type EnrolRequest
} from '../contract/enrolment.ts'
import { ExitError } from '../contract/exit.ts'
import { fits, parseJson } from '../contract/parse.ts'
import { Problem } from '../contract/problem.ts'
import { publicKeyFromRaw } from '../contract/signature.ts'
import { openClient } from './client.ts'
import { loadOrMakeKey, saveEnrolment } from './identity.ts'
import { writePrivate } from './private-file.ts'
import type { System } from './system.ts'

export interface EnrollOptions {
  readonly url: string
  /** The token's line; from a file or stdin, never from an argument: arguments are public on a machine. */
  readonly token: string
  readonly tokenPlace: string
  readonly directory: string
  readonly system: System
  readonly version: string
}

/**
 * Enrols this machine: makes its key (once), proves the token, checks that the answer is signed by the collector whose fingerprint
 * the token carries, and keeps it. Repeating it is harmless. Rejects with a SentenceError; network errors come through as they are.
 */
export const enroll = async (options: EnrollOptions): Promise<EnrolAnswer & { configFile: string }> => {
  const token = parseToken(options.token, options.tokenPlace)
  const key = loadOrMakeKey(options.directory)
  const machine = await options.system.machine()
  const request: EnrolRequest = {
    token: token.id,
    public_key: key.publicKey,
    proof: enrolmentProof(tokenHash(token.secret), key.publicKey),
    machine: {
      fingerprint: machine.fingerprint,
      hostname: machine.hostname.slice(0, 253),
      ...(machine.serial === undefined ? {} : { serial: machine.serial.slice(0, 128) }),
      macs: machine.macs.slice(0, 64),
      platform: machine.platform,
      version: options.version
    }
  }
  const client = openClient({
    url: options.url,
    key,
    collectorKey: undefined,
    system: options.system,
    // The key in the answer is believed only when it is the one the token names.
    keyIn: text => {
      const answer: unknown = safeJson(text)
      if (!fits(EnrolAnswer, answer)) return undefined
      const raw = Buffer.from(answer.collector_key, 'base64')
      return fingerprintOf(raw) === token.collectorFingerprint ? publicKeyFromRaw(raw) : undefined
    }
  })
  try {
    const answer = await client
      .exchange(
        { method: 'POST', path: '/v1/enroll', body: Buffer.from(JSON.stringify(request)) },
        new AbortController().signal
      )
      .catch((cause: unknown) => {
        throw unreachable(options.url, cause)
      })
    if (answer.status !== 200)
      throw new ExitError(
        answer.status < 500 ? 'notPermitted' : 'failure',
        `登记被拒绝。${options.url} refused the enrolment (${answer.status}): ${detailOf(answer.text)}`
      )
    if (!answer.verified)
      throw new ExitError(
        'notPermitted',
        `采集端身份不符，未登记。${options.url} must be the collector that made this token, but its answer is not signed with that key: check the address, or somebody is between`
      )
    const body = parseJson(EnrolAnswer, answer.text, `answer of ${options.url}`)
    saveEnrolment(options.directory, {
      url: options.url,
      agent: body.agent,
      school: body.school,
      collector_key: body.collector_key,
      machine_fingerprint: machine.fingerprint
    })
    return { ...body, configFile: writeConfig(options.directory, options.url) }
  } finally {
    client.close()
  }
}

/** So that the next command is a short one. A file that is there already is somebody's work. */
const writeConfig = (directory: string, url: string): string => {
  const file = join(directory, 'agent.yaml')
  if (!existsSync(file))
    writePrivate(file, `# campus-gauge agent: what is measured comes from the collector.\nurl: ${url}\ndata: .\n`)
  return file
}

/** What a network error means to the person at the machine. */
const unreachable = (url: string, cause: unknown): ExitError => {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ExitError(
    'unreachable',
    `连不上采集端 ${url}：请检查地址、端口、网线和防火墙。The collector cannot be reached: check address, port, cable and firewall (${why}).`,
    { cause }
  )
}

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const detailOf = (text: string): string => {
  const raw = safeJson(text)
  return fits(Problem, raw) ? raw.detail : text.slice(0, 200)
}
