import { readFileSync, statSync } from 'node:fs'
import { SentenceError } from '../../../contract/parse.ts'
import type { InfluxSettings } from './config.ts'
import { both } from './sentences.ts'

/** What is shown to the server, and what must never be shown to anyone else. */
export interface Secrets {
  /** Value of the header `authorization`; undefined for a server without accounts. */
  readonly authorization: string | undefined
  /** PEM of the authority that signed its certificate; undefined for those of the system. */
  readonly ca: string | undefined
  /** Texts that are cut out of everything the server says. */
  readonly hidden: readonly string[]
  /** Sentences (zh, line feed, en) about files that others can read. */
  readonly warnings: readonly string[]
}

/** Reads the files that the settings name, each time anew: a rotated password heals without a restart. Throws a SentenceError (zh, line feed, en). */
export const loadSecrets = (
  settings: Pick<InfluxSettings, 'username' | 'passwordFile' | 'tokenFile' | 'caFile'>
): Secrets => {
  const ca = settings.caFile === undefined ? undefined : certificatesIn(settings.caFile)
  const warnings: string[] = []
  if (settings.tokenFile !== undefined)
    return { ...token(secretIn(settings.tokenFile, 'token', warnings)), ca, warnings }
  if (settings.username !== undefined && settings.passwordFile !== undefined)
    return { ...basic(settings.username, secretIn(settings.passwordFile, 'password', warnings)), ca, warnings }
  return { authorization: undefined, hidden: [], ca, warnings }
}

type Shown = Pick<Secrets, 'authorization' | 'hidden'>

/** Of an account of InfluxDB 1.x. */
export const basic = (username: string, password: string): Shown => {
  const text = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  return { authorization: `Basic ${text}`, hidden: [text, password] }
}

/** Of InfluxDB 2.x and 3. */
export const token = (text: string): Shown => ({ authorization: `Token ${text}`, hidden: [text] })

/** What a file of one secret holds, without what editors add: a byte order mark, a line feed. */
export const secretText = (text: string): string => text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')

const secretIn = (file: string, kind: 'token' | 'password', warnings: string[]): string => {
  const text = secretText(
    textOf(file, ['文件不存在，campus-gauge sink setup 会建立它', 'it is not there, campus-gauge sink setup makes it'])
  )
  mustBeOne(file, kind, text)
  // Modes say nothing on Windows.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0)
    warnings.push(
      both(
        `${file} 任何本机用户都能读取：请执行 chmod 600。`,
        `${file} can be read by every user of this machine: chmod 600 it.`
      )
    )
  return text
}

/** Throws a SentenceError unless the text is one secret and nothing else: made an account with another text, the sink would refuse its own file. */
export const mustBeOne = (file: string, kind: 'token' | 'password', text: string): void => {
  const zh = kind === 'token' ? '令牌' : '密码'
  if (text === '')
    throw new SentenceError(
      both(`${file} 是空的：应当只写${zh}。`, `${file} must hold the ${kind}, got an empty file.`)
    )
  // A token goes into a header as it is: a header takes no control characters, and a token has no others than visible ones.
  const fits = kind === 'token' ? /^[\x21-\x7e]+$/.test(text) : !/[\r\n\0]/.test(text)
  if (!fits)
    throw new SentenceError(
      both(
        `${file} 应当只有一行，只写${zh}。`,
        `${file} must hold the ${kind} alone on one line${kind === 'token' ? ', without spaces' : ''}.`
      )
    )
}

export const certificatesIn = (file: string): string => {
  const text = textOf(file, ['文件不存在', 'it is not there'])
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new SentenceError(
      both(
        `${file} 应当是 PEM 格式的 CA 证书（以 -----BEGIN CERTIFICATE----- 开头）。`,
        `${file} must be the certificate of an authority as PEM (-----BEGIN CERTIFICATE-----).`
      )
    )
  return text
}

/** `missing`: what is said of a file that is not there, zh and en. */
const textOf = (file: string, missing: readonly [string, string]): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    const [zh, en] = code === 'ENOENT' ? missing : [`无法读取（${code}）`, `it cannot be read (${code})`]
    throw new SentenceError(both(`${file}：${zh}。`, `${file} must be a readable file: ${en}.`), '', { cause })
  }
}
