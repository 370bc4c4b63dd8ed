import type { Credentials } from '../influx-ask.ts'
import type { Influxd } from '../influxd.ts'
import type { Answer } from './evaluate.ts'

interface Raw {
  readonly results?: readonly {
    readonly series?: readonly {
      readonly name: string
      readonly tags?: Readonly<Record<string, string>>
      readonly columns: readonly string[]
      readonly values: readonly (readonly (number | string | null)[])[]
    }[]
    readonly error?: string
  }[]
  readonly error?: string
}

/** Asks the real server as somebody, as Grafana does (times in ms). Throws what the server says. */
export const askInflux = async (
  influxd: Influxd,
  credentials: Credentials,
  database: string,
  query: string
): Promise<Answer[]> => {
  const { status, text } = await influxd.ask('/query', {
    method: 'POST',
    credentials,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ db: database, q: query, epoch: 'ms' }).toString()
  })
  const { results = [], error } = JSON.parse(text) as Raw
  const fault = error ?? results.find(result => result.error !== undefined)?.error
  if (status !== 200 || fault !== undefined) throw new Error(`influxd answers ${status} to ${query}: ${fault ?? text}`)
  return results.flatMap(result =>
    (result.series ?? []).map(({ name, tags, columns, values }) => ({
      tags: columns[0] === 'key' ? { '': name } : (tags ?? {}),
      columns,
      rows: values
    }))
  )
}
