import Type from 'typebox'
import { fits } from '../../../contract/parse.ts'
import type { InfluxSettings } from './config.ts'
import type { Answer } from './deliver.ts'
import type { DatabaseName } from './schema.ts'
import { both, quote } from './sentences.ts'
import type { Reply } from './transport.ts'

export interface AnswerContext {
  readonly settings: Pick<InfluxSettings, 'generation' | 'url' | 'databases' | 'org' | 'username' | 'tokenFile'>
  readonly database: DatabaseName
  /** For a Retry-After that is a date, ms. */
  readonly nowMs: number
}

/**
 * What an answer to a write means. Established on a real 1.6.7 (tests/peers/influx-delivery.test.ts); 2.x after its write handler
 * (http/write_handler.go, points/parser.go), 3 Core after its documentation (influxdb3/core/write-data/http-api/compatibility-apis).
 *
 * `says`: of bad_lines and too_large the server's words, at most 500 characters; of the others a sentence for people (zh, line feed, en).
 */
export const answerOf = (reply: Reply, { settings, database, nowMs }: AnswerContext): Answer => {
  if (reply.kind === 'lost') return reply.answer
  const { status, headers } = reply
  const { url, generation } = settings
  // 1.x says its version with every answer: a portal that answers 204 to everything would swallow the lines.
  if (status === 204 && (generation !== 1 || headers['x-influxdb-version'] !== undefined)) return { kind: 'taken' }
  const name = settings.databases[database]
  const words = wordsOf(reply)
  // A server without words of its own is something in between, or something else.
  const own = words !== undefined
  const heard = quote(words ?? reply.body.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' '))
  const tail = { zh: heard === '' ? '' : `：${heard}`, en: heard === '' ? '' : `: ${heard}` }
  const refused = (zh: string, en: string): Answer => ({ kind: 'refused', says: both(zh, en) })
  const away = (zh: string, en: string, brokeOff = false): Answer => ({
    kind: 'away',
    says: both(zh, en),
    retryAfterMs: retryAfterOf(headers['retry-after'], nowMs),
    ...(brokeOff ? { brokeOff } : {})
  })
  const stranger = (): Answer =>
    away(
      `${url} 的应答（${status}）不像是 InfluxDB 的，中间可能有代理或认证门户${tail.zh}`,
      `${url} answers ${status}, but not as InfluxDB does; a proxy or a portal may stand in between${tail.en}`
    )

  if (status < 300) return stranger()
  if (status < 400)
    return refused(
      `${url} 要求转到别处（${status}），不跟随：请把 sinks.influx.url 改成 InfluxDB 的地址。`,
      `${url} sends elsewhere (${status}), which is not followed: let sinks.influx.url be the address of InfluxDB itself.`
    )
  if (status === 413) return { kind: 'too_large', says: quote(words ?? 'request entity too large', 500) }
  if (own) {
    const systemic = systemicOf(words)
    if (systemic !== undefined)
      return refused(
        `InfluxDB 拒绝写入“${name}”：${heard}。${systemic[0]}`,
        `InfluxDB refuses to write to "${name}": ${heard}. ${systemic[1]}`
      )
    if (status === 400 || status === 422) return { kind: 'bad_lines', says: quote(words, 500) }
  } else if (status === 400 || status === 422) return stranger()
  switch (status) {
    case 401:
      return generation === 1
        ? settings.username === undefined
          ? refused(
              `InfluxDB 要求登录：请写明 sinks.influx.username 和 password_file。`,
              `InfluxDB asks for an account: set sinks.influx.username and password_file.`
            )
          : refused(
              `InfluxDB 不接受用户“${settings.username}”的密码，或没有这个用户：请核对 sinks.influx.username 和 password_file。`,
              `InfluxDB does not accept the password of "${settings.username}", or knows no such user: check sinks.influx.username and password_file.`
            )
        : settings.tokenFile === undefined
          ? refused(
              `InfluxDB 要求令牌：请写明 sinks.influx.token_file。`,
              `InfluxDB asks for a token: set sinks.influx.token_file.`
            )
          : refused(
              `InfluxDB 不接受令牌：请核对 ${settings.tokenFile} 的内容。`,
              `InfluxDB does not accept the token: check what stands in ${settings.tokenFile}.`
            )
    case 403: {
      const [zh, en] =
        generation === 1
          ? [`用户“${settings.username ?? ''}”`, `"${settings.username ?? ''}"`]
          : ['这个令牌', 'the token']
      const mend =
        generation === 1 ? `GRANT ALL ON "${name}" TO "${settings.username ?? ''}"` : 'campus-gauge sink setup'
      return own
        ? refused(`${zh}没有写入“${name}”的权限：请执行 ${mend}。`, `${en} may not write to "${name}": run ${mend}.`)
        : refused(`${url} 不准访问（403）${tail.zh}`, `${url} forbids it (403)${tail.en}`)
    }
    case 404:
      return own
        ? missing(words, settings, name)
        : refused(
            `${url} 没有写入接口（404）：请核对 sinks.influx.url 和 generation。`,
            `${url} has no such endpoint (404): check sinks.influx.url and generation.`
          )
    case 408:
    case 504:
      return away(`${url} 超时（${status}）${tail.zh}`, `${url} timed out (${status})${tail.en}`, true)
    case 425:
    case 429:
      return away(`${url} 要求稍后再来（${status}）${tail.zh}`, `${url} asks to come back later (${status})${tail.en}`)
    default:
      return status >= 500
        ? away(
            `${url} 出错（${status}）${tail.zh}`,
            `${url} fails (${status})${tail.en}`,
            own && /time-?out/i.test(words)
          )
        : refused(`${url} 拒绝写入（${status}）${tail.zh}`, `${url} refuses the write (${status})${tail.en}`)
  }
}

const missing = (words: string, { generation, org }: AnswerContext['settings'], name: string): Answer => {
  const refused = (zh: string, en: string): Answer => ({ kind: 'refused', says: both(zh, en) })
  if (generation === 2 && /organization/i.test(words))
    return refused(
      `没有组织“${org ?? ''}”：请核对 sinks.influx.org。`,
      `There is no organization "${org ?? ''}": check sinks.influx.org.`
    )
  const [zh, en] = generation === 2 ? ['桶', 'bucket'] : ['数据库', 'database']
  const setup = generation === 3 ? 'deploy/influx/3/setup.sh' : 'campus-gauge sink setup'
  const statement = generation === 1 ? [`，或 CREATE DATABASE "${name}"`, `, or CREATE DATABASE "${name}"`] : ['', '']
  // Made anew it has nothing of what was delivered, and the cursor does not know that.
  return refused(
    `没有${zh}“${name}”：请执行 ${setup}${statement[0] ?? ''}。如果其中原来有数据，建好后再执行 campus-gauge sink rewind --yes。`,
    `There is no ${en} "${name}": run ${setup}${statement[1] ?? ''}. If there were data in it, run campus-gauge sink rewind --yes afterwards.`
  )
}

/**
 * Words that blame the server's configuration and not a line, whatever the status: looked at as bad lines, good points would become dead letters.
 * What to do about them, zh and en.
 */
const systemicOf = (words: string): readonly [string, string] | undefined => {
  if (/max-series-per-database|max-values-per-tag/.test(words))
    return [
      '请在 influxdb.conf 的 [data] 中调高这个上限并重启。',
      'Raise that limit in [data] of influxdb.conf and restart it.'
    ]
  if (/retention policy not found/i.test(words))
    return ['请为该数据库设置默认的保留策略。', 'Give the database a default retention policy.']
  if (/database is required|bucket is required|org.{0,20}(is )?required/i.test(words))
    return ['请核对 sinks.influx。', 'Check sinks.influx.']
  return undefined
}

const Words = Type.Object({ error: Type.String() })
const Message = Type.Object({ message: Type.String() })
const Partial = Type.Object({
  error: Type.String(),
  data: Type.Array(Type.Object({ error_message: Type.String(), line_number: Type.Optional(Type.Number()) }))
})

/** What the server itself says: 1.x and 3 in `error`, 2.x in `message`; undefined when the body is not one of its own. */
const wordsOf = ({ body }: { readonly body: string }): string | undefined => {
  let raw: unknown
  try {
    raw = JSON.parse(body)
  } catch {
    return undefined
  }
  if (fits(Partial, raw))
    return [raw.error, ...raw.data.slice(0, 3).map(({ error_message }) => error_message)].join(': ')
  if (fits(Words, raw)) return raw.error
  return fits(Message, raw) ? raw.message : undefined
}

/** A mistake in the header must not silence the sink for days. */
const longestRetryAfterMs = 900_000

/** RFC 9110, 10.2.3: seconds or a date. */
export const retryAfterOf = (text: string | undefined, nowMs: number): number | undefined => {
  if (text === undefined || text.trim() === '') return undefined
  const word = text.trim()
  const ms = /^\d+$/.test(word) ? Number(word) * 1_000 : /^[A-Z]/i.test(word) ? Date.parse(word) - nowMs : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(longestRetryAfterMs, Math.max(0, ms))
}
