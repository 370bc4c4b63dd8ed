import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Settings } from 'typebox/system'
import { describeFault, type Fault } from './fault.ts'

/** An error whose message is written for the person who can mend it: place, expectation, value. */
export class SentenceError extends Error {
  override readonly name = 'SentenceError'
  /** JSON pointer of the place to blame, '' for the whole. */
  readonly pointer: string
  constructor(message: string, pointer = '', options?: ErrorOptions) {
    super(message, options)
    this.pointer = pointer
  }
}

/** A union reports every branch: with the default of 8 the error nearest to the mistake is often not among them. */
Settings.Set({ maxErrors: 64 })

interface Validator {
  Check(value: unknown): boolean
  Errors(value: unknown): Parameters<typeof describeFault>[0]
}
const compiled = new WeakMap<TSchema, Validator>()

const validatorOf = (schema: TSchema): Validator => {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const made: Validator = Compile(schema)
  compiled.set(schema, made)
  return made
}

export const fits = <T extends TSchema>(schema: T, raw: unknown): raw is Static<T> => validatorOf(schema).Check(raw)

/** The first fault of a value against a schema, or undefined when it fits. */
export const faultOf = (schema: TSchema, raw: unknown): Fault | undefined => {
  const validator = validatorOf(schema)
  return validator.Check(raw) ? undefined : describeFault(validator.Errors(raw), raw, schema)
}

/**
 * The only door from `unknown` to a type.
 * Throws a SentenceError such as `agent.yaml /checks/2/url must be a URI, got "edu"`.
 */
export const parse = <T extends TSchema>(schema: T, raw: unknown, place: string): Static<T> => {
  if (fits(schema, raw)) return raw
  const { pointer, sentence } = describeFault(validatorOf(schema).Errors(raw), raw, schema)
  throw new SentenceError(`${place} ${sentence}`, pointer)
}

/** JSON text to a type; a syntax error is a sentence too. */
export const parseJson = <T extends TSchema>(schema: T, text: string, place: string): Static<T> => {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw new SentenceError(`${place} must be JSON: ${cause instanceof Error ? cause.message : 'not readable'}`, '', {
      cause
    })
  }
  return parse(schema, raw, place)
}
