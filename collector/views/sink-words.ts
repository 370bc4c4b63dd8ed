/** Words of the pages about where copies go. */
export const sinkWords = {
  sinks_title: { zh: '数据外送', en: 'Copies of the data' },
  sinks_caption: { zh: '数据外送的去向、状态与进度', en: 'Where copies go, state and progress' },
  sink: { zh: '去向', en: 'Destination' },
  sink_influx: { zh: 'InfluxDB', en: 'InfluxDB' },
  sink_starting: { zh: '启动中', en: 'Starting' },
  sink_delivering: { zh: '正常', en: 'Delivering' },
  sink_catching_up: { zh: '追赶中', en: 'Catching up' },
  sink_backing_off: { zh: '等待重试', en: 'Waiting to try again' },
  sink_refused: { zh: '被拒绝', en: 'Refused' },
  sink_behind: { zh: '落后', en: 'Behind' },
  sink_behind_none: { zh: '没有', en: 'nothing' },
  sink_behind_n: { zh: '{n} 批，最早 {age}前', en: '{n} batches, the oldest {age} old' },
  sink_history: { zh: '历史数据还有 {n} 批', en: '{n} older batches to come' },
  sink_letters: { zh: '拒收搁置', en: 'Dead letters' },
  sink_too_old: { zh: '{n} 点已过保存期，未送', en: '{n} points too old to send' },
  sink_delivered: { zh: '最近送达', en: 'Last delivered' },
  sink_points: { zh: '共 {n} 点', en: '{n} points in all' },
  sink_more: {
    zh: '拒收的数据用 campus-gauge sink dead-letters 查看，处理后用 sink replay 重发。',
    en: 'See dead letters with campus-gauge sink dead-letters; when mended, send them again with sink replay.'
  }
} as const
