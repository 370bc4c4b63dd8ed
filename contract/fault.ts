import type { TSchema } from 'typebox'

/** A fault of a value against a schema: where, and a sentence with place, expectation and value. */
export interface Fault {
  readonly pointer: string
  readonly sentence: string
}

/** What a JSON Schema validator (TypeBox or Ajv) says of one error. */
export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly schemaPath: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Turns a validator's errors into the one sentence a person can act on. */
export const describeFault = (errors: readonly SchemaError[], raw: unknown, schema?: TSchema): Fault => {
  const error = tellingOf(errors)
  if (error === undefined) return { pointer: '', sentence: '/ is not what was expected' }
  const at = error.instancePath

  const extra = firstWord(error.params['additionalProperties'] ?? error.params['additionalProperty'])
  if (error.keyword === 'additionalProperties' && extra !== undefined) {
    const pointer = `${at}/${escapePointer(extra)}`
    const near = nearest(extra, keysAt(schema, at))
    return {
      pointer,
      sentence: `${pointer} is not a known key${near === undefined ? '' : `: did you mean "${near}"?`}`
    }
  }
  const missing = firstWord(error.params['requiredProperties'] ?? error.params['missingProperty'])
  if (error.keyword === 'required' && missing !== undefined) {
    const pointer = `${at}/${escapePointer(missing)}`
    return { pointer, sentence: `${pointer} is missing` }
  }
  const value = valueAt(raw, at)
  const listed: unknown = error.params['allowedValues']
  const choices: readonly unknown[] = Array.isArray(listed)
    ? listed
    : errors.filter(e => e.instancePath === at && e.keyword === 'const').map(e => e.params['allowedValue'])
  const expectation = choices.length > 0 ? `must be one of ${choices.map(shown).join(', ')}` : expectationOf(error)
  return { pointer: at, sentence: `${at === '' ? '/' : at} ${expectation}, got ${shown(value)}` }
}

/** Of many errors (a union reports every branch) the one nearest to the mistake: the deepest place; there, an unknown key before the rest. */
const tellingOf = (errors: readonly SchemaError[]): SchemaError | undefined => {
  const depth = (e: SchemaError): number =>
    (e.instancePath.split('/').length - 1) * 2 +
    (e.keyword === 'additionalProperties' ? 1.5 : e.keyword === 'required' ? 1 : 0)
  return errors
    .filter(e => e.keyword !== 'boolean' && e.keyword !== 'anyOf')
    .reduce<SchemaError | undefined>((best, e) => (best === undefined || depth(e) > depth(best) ? e : best), undefined)
}

const expectationOf = (error: SchemaError): string => {
  const { format, pattern, type } = error.params
  if (error.keyword === 'format' && typeof format === 'string') return `must be a ${format.toUpperCase()}`
  if (error.keyword === 'pattern' && typeof pattern === 'string') return `must match ${pattern}`
  if (error.keyword === 'type' && typeof type === 'string') return `must be ${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`
  return error.message ?? 'is not what was expected'
}

/** A value short enough for a sentence; a password in a URL is not repeated. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  try {
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) return typeof value
    return cut(text.replaceAll(/\/\/[^/@\s"]*@/g, '//***@'))
  } catch {
    // Parsing is not recursive, showing is: a hostile body can be deeper than the stack.
    return 'a value nested too deeply to show'
  }
}

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text)

const firstWord = (value: unknown): string | undefined => {
  const first: unknown = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first : undefined
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const valueAt = (raw: unknown, pointer: string): unknown => {
  let value = raw
  for (const part of pointer.split('/').slice(1)) value = isObject(value) ? value[unescapePointer(part)] : undefined
  return value
}

/** The keys that a schema knows at a place of the value, for "did you mean". */
const keysAt = (schema: unknown, pointer: string): string[] => {
  let node = schema
  for (const part of pointer.split('/').slice(1)) {
    if (!isObject(node)) return []
    const properties = node['properties']
    const named = isObject(properties) ? properties[unescapePointer(part)] : undefined
    node = named ?? node['items'] ?? undefined
  }
  const properties = isObject(node) ? node['properties'] : undefined
  return isObject(properties) ? Object.keys(properties) : []
}

/** The known word that was probably meant, or undefined. */
export const nearest = (word: string, words: readonly string[]): string | undefined => {
  const ranked = words
    .map(known => ({ known, distance: editDistance(word, known) }))
    .filter(({ known, distance }) => distance <= Math.max(2, Math.floor(known.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.known
}

/** Levenshtein distance, one row at a time. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1]
    for (const [j, other] of Array.from(b).entries())
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}
