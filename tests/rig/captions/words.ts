import { ipv6States, recordingStates } from '../../../contract/indicator-readings.ts'
import { ipv6Codes, recordingCodes } from '../../../dashboards/words.ts'

export const verdictWords = ['✓ 达标', '✕ 不达标', '? 数据不足', '– 不适用']
export const goalWords = ['✓ 已达目标', '✕ 未达目标', '? 待定', '– 未设目标']
export const outcomeWords = ['正常', '降级', '失败', '未能测量']
/** Told by name in dashboards/words.ts: only their numbers can be wrong. */
export const ipv6Words = ipv6States.map((_, i) => ipv6Codes[i]?.text ?? '')
export const recordingWords = recordingStates.map((_, i) => recordingCodes[i]?.text ?? '')

export const stages = {
  primary: '小学',
  middle: '初中',
  'nine-year': '九年一贯制学校',
  high: '高中',
  vocational: '中职',
  'teaching-point': '教学点'
}
export const zones = { urban: '城区', town: '镇区', rural: '乡村' }
export const directions = { down: '下行', up: '上行' }

/** Hours. */
export const day = 24
export const daily = { minutes: 24 * 60 }
export const below = ['city', 'county']
export const schoolOf = { '旗县区 County': 'county', '学校 School': 'school' }
