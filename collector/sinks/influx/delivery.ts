import { SentenceError } from '../../../contract/parse.ts'
import type { SinkState } from '../../store/sink-store.ts'
import { answerOf } from './answers.ts'
import { bisect, type Opinion } from './bisect.ts'
import type { InfluxSettings } from './config.ts'
import type { Answer, Delivery, OnState } from './deliver.ts'
import { writePath } from './paths.ts'
import type { DatabaseName } from './schema.ts'
import type { Secrets } from './secrets.ts'
import { both } from './sentences.ts'
import { openTransport, type Transport } from './transport.ts'

export interface DeliveryDeps {
  readonly settings: InfluxSettings
  /** Read before the first request and again after every refusal; throws a SentenceError (zh, line feed, en). */
  readonly secrets: () => Secrets
  readonly onState: OnState
  readonly now: () => number
  /** Rejects at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0 ≤ x < 1 */
  readonly random: () => number
  /** Its own connections when left out. */
  readonly transport?: Transport
}

/** Full jitter: between nothing and this, doubled with every failure in a row, up to the cap. */
const backOff = { baseMs: 1_000, capMs: 60_000 }
/** Refused credentials and missing databases are mended by people: look again so often. */
const lookAgainMs = 60_000
/** One lost request is no news. */
const quietMs = 5_000
/** After so many broken exchanges in a row fewer lines are tried. */
const brokenBefore = 3

/**
 * Lines on their way, one request at a time. Invariants: a line leaves only when the server took it (204) or refused it alone; a wait ends at
 * once when the signal aborts; nothing of a credential reaches a sentence. `write` is called one at a time.
 */
export const openDelivery = (deps: DeliveryDeps): Delivery & { close(): void } => {
  const { settings, onState, now, sleep, random } = deps
  const transport = deps.transport ?? openTransport(settings)
  let secrets: Secrets | undefined
  let told = { state: 'starting', sentence: '' }
  let most = Number.POSITIVE_INFINITY
  const streak = { length: 0 }
  const taken: Partial<Record<DatabaseName, string>> = {}

  const tell = (state: SinkState, sentence: string): void => {
    if (told.state === state && told.sentence === sentence) return
    told = { state, sentence }
    onState(state, sentence)
  }

  const attempt = async (database: DatabaseName, lines: readonly string[], signal: AbortSignal): Promise<Answer> => {
    try {
      secrets ??= deps.secrets()
    } catch (error) {
      if (error instanceof SentenceError) return { kind: 'refused', says: error.message }
      throw error
    }
    const request = { method: 'POST', path: writePath(settings, database), body: lines.join('\n') } as const
    return answerOf(await transport.ask(request, secrets, signal), { settings, database, nowMs: now() })
  }

  /** Tries until the server has an opinion on these lines; how long it takes is the server's business. */
  const settle = async (database: DatabaseName, lines: readonly string[], signal: AbortSignal): Promise<Opinion> => {
    let failures = 0
    let broken = 0
    const sinceMs = now()
    for (;;) {
      const answer = await attempt(database, lines, signal)
      switch (answer.kind) {
        case 'taken': {
          const last = lines.at(-1)
          if (last !== undefined) taken[database] = last
          tell('delivering', '')
          return answer
        }
        case 'bad_lines':
        case 'too_large':
          return answer
        case 'refused':
          failures = 0
          // Someone mends it meanwhile, perhaps by writing a new password into the file.
          secrets = undefined
          tell('refused', answer.says)
          await sleep(lookAgainMs, signal)
          break
        case 'away': {
          failures += 1
          broken = answer.brokeOff === true ? broken + 1 : 0
          const jitterMs = random() * Math.min(backOff.capMs, backOff.baseMs * 2 ** Math.min(failures - 1, 30))
          const waitMs = Math.max(jitterMs, answer.retryAfterMs ?? 0)
          if (failures > 1 || now() - sinceMs + waitMs >= quietMs) tell('backing_off', answer.says)
          await sleep(waitMs, signal)
          if (broken >= brokenBefore && lines.length > 1) return { kind: 'too_heavy' }
          break
        }
      }
    }
  }

  const write: Delivery['write'] = async (database, lines, signal) => {
    signal.throwIfAborted()
    for (;;) {
      const found = await bisect(lines.length, {
        send: (from, to) => settle(database, lines.slice(from, to), signal),
        known: async () => {
          const line = taken[database]
          return line === undefined ? undefined : (await settle(database, [line], signal)).kind === 'taken'
        },
        streak,
        most
      })
      if (found.kind === 'told_apart') {
        // A larger piece is tried now and then: the limit may have been raised, or one line was long.
        most = found.tooLarge === undefined ? most * 2 : Math.max(1, Math.floor(found.tooLarge / 2))
        if (lines.length > 0) tell('delivering', '')
        return { refused: found.refused }
      }
      secrets = undefined
      tell(
        'refused',
        both(
          `InfluxDB 拒收所有数据，连先前收下过的也不收：${found.says}。请检查 InfluxDB 及 sinks.influx 的设置；没有丢弃任何数据。`,
          `InfluxDB refuses everything, also what it took before: ${found.says}. Check InfluxDB and sinks.influx; nothing was given up.`
        )
      )
      await sleep(lookAgainMs, signal)
    }
  }
  return { write, close: () => transport.close() }
}
