import { SentenceError } from './parse.ts'

/** Exit codes of every command (sysexits where there is one). */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  unreachable: 69,
  notPermitted: 77,
  badConfiguration: 78
} as const
export type ExitWord = keyof typeof exitCodes

/** An error that knows with which code the command should end. */
export class ExitError extends SentenceError {
  readonly exit: ExitWord
  constructor(exit: ExitWord, message: string, options?: ErrorOptions) {
    super(message, '', options)
    this.exit = exit
  }
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ABORT_ERR'
])
const notPermitted = new Set(['EACCES', 'EPERM'])

/** A configuration that cannot be used throws a SentenceError; everything with a network's code means that the collector is away. */
export const exitWordOf = (error: unknown): ExitWord => {
  if (error instanceof ExitError) return error.exit
  if (error instanceof SentenceError) return 'badConfiguration'
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (unreachable.has(code)) return 'unreachable'
  return notPermitted.has(code) ? 'notPermitted' : 'failure'
}
