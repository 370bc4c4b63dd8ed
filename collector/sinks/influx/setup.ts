import { SentenceError } from '../../../contract/parse.ts'
import type { InfluxSettings } from './config.ts'
import type { Secrets } from './secrets.ts'
import { both } from './sentences.ts'
import { setUpFirst } from './setup-first.ts'
import { setUpSecond } from './setup-second.ts'

/** One thing that InfluxDB must have. `differs`: it is there and not as asked; nothing was changed, and the sentence says what to do. */
export interface SetupStep {
  readonly state: 'made' | 'there' | 'to_make' | 'differs'
  readonly what: { readonly zh: string; readonly en: string }
  /** Without it the sink or Grafana will not work; only of `differs`. */
  readonly fatal?: true
}

export interface SetupAnswer {
  readonly status: number
  readonly body: string
}
/** How somebody signs in; `hidden` is cut out of whatever the server says. */
export type Identity = Pick<Secrets, 'authorization' | 'hidden'>

/** One request to the server; rejects with a sentence when nothing answers. A body of parameters is a form, anything else JSON. */
export type SetupAsk = (
  identity: Identity,
  method: 'GET' | 'POST',
  path: string,
  body?: URLSearchParams | Readonly<Record<string, unknown>>
) => Promise<SetupAnswer>

/** A secret of a file. `make` writes it, 0600, and is called only when the file is not there and this is no dry run. */
export interface SecretFile {
  readonly file: string
  read(): string | undefined
  make(text: string): string
}

export interface SetupWishes {
  /** Who may change things; without authorization on a server without accounts. */
  readonly admin: Identity
  /** 1.x: the account that Grafana reads with. */
  readonly readerUser: string
  /** Password (1.x) or token (2.x) of whoever writes and of whoever reads; undefined: that one is left out. */
  readonly writer: SecretFile | undefined
  readonly reader: SecretFile | undefined
  /** How long raw points are kept, 0 for ever. Rollups are kept for ever: they are small. */
  readonly rawDays: number
  readonly dryRun: boolean
}

/**
 * Makes what the sink and Grafana need and is not there: databases or buckets, accounts or tokens, grants or mappings. Asking again changes nothing.
 * What is there in another form is told, never changed. Rejects with a SentenceError when the server refuses.
 */
export const setUp = (settings: InfluxSettings, wishes: SetupWishes, ask: SetupAsk): Promise<readonly SetupStep[]> => {
  switch (settings.generation) {
    case 1:
      return setUpFirst(settings, wishes, ask)
    case 2:
      return setUpSecond(settings, wishes, ask)
    case 3:
      throw new SentenceError(
        both(
          'InfluxDB 3 Core 不由此命令设置：请用 deploy/influx/3/setup.sh（按其文档编写，未实测）。',
          'InfluxDB 3 Core is not set up by this command: use deploy/influx/3/setup.sh (by its documentation, untested).'
        )
      )
  }
}

/** The step for something that is missing: made now, or named only. */
export const missing = async (
  dryRun: boolean,
  what: SetupStep['what'],
  make: () => Promise<unknown>
): Promise<SetupStep> => {
  if (dryRun) return { state: 'to_make', what }
  await make()
  return { state: 'made', what }
}

/** How long points are kept, from seconds; 0 is for ever. */
const keptWords = (seconds: number): SetupStep['what'] =>
  seconds === 0
    ? { zh: '永久保存', en: 'kept for ever' }
    : { zh: `保存 ${seconds / 86_400} 天`, en: `kept ${seconds / 86_400} days` }

/** A database or bucket with how long it keeps points. */
export const keptFor = ({ zh, en }: SetupStep['what'], seconds: number): SetupStep['what'] => {
  const words = keptWords(seconds)
  return { zh: `${zh}（${words.zh}）`, en: `${en}, ${words.en}` }
}

/** The step for one that is there: told when it keeps points for another time, with what would change that. */
export const keptStep = (thing: SetupStep['what'], seconds: number, wanted: number, change: string): SetupStep => {
  const what = keptFor(thing, seconds)
  if (seconds === wanted) return { state: 'there', what }
  const asked = keptWords(wanted)
  return {
    state: 'differs',
    what: {
      zh: `${what.zh}，要求的是${asked.zh}；没有改动，要改请执行 ${change}`,
      en: `${what.en}, asked for: ${asked.en}; nothing was changed, to change it run ${change}`
    }
  }
}
