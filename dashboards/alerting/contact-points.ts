/** Ways a message can leave Grafana. One file each: Grafana does not start when a file asks for an address that its environment lacks. */
export const contactPoints = ['dingding', 'wecom', 'email', 'webhook', 'feishu'] as const
export type ContactPoint = (typeof contactPoints)[number]

interface Shape {
  readonly type: 'dingding' | 'wecom' | 'email' | 'webhook'
  readonly title: string
  /** Environment variable of Grafana that holds the address; for robots it is a secret. */
  readonly variable: string
  readonly settings: (address: string, message: string) => Readonly<Record<string, unknown>>
  readonly note: string
}

/** Template of the names of schools, made for one bureau by `grafana provision`. */
const schoolName = 'campus-gauge.school'

/** What people read: whose it is, the sentences of the rule, where to look. No dollar sign: Grafana would take it for a variable. */
const messageOf = (named: boolean): string =>
  [
    '校园网络告警 campus-gauge',
    '{{ range .Alerts }}',
    '{{ if eq .Status "resolved" }}【恢复 resolved】{{ else }}【{{ .Labels.severity }}】{{ end }}' +
      (named ? `{{ with .Labels.school }}{{ template "${schoolName}" . }} {{ end }}` : '') +
      '{{ .Annotations.summary }}',
    '{{ .Annotations.description }}',
    '{{ .Annotations.dashboard }} {{ .Annotations.page }}',
    '{{ end }}'
  ].join('\n')

/** Names of schools for messages, in the shape of a provisioning file; templates of other names are left as they are. An id without a name prints nothing. */
export const nameTemplateFile = (schools: ReadonlyMap<string, string>): unknown => ({
  apiVersion: 1,
  templates: [
    {
      orgId: 1,
      name: 'campus-gauge-names',
      template: [
        `{{ define "${schoolName}" }}`,
        ...[...schools].map(([id, name]) => `{{- if eq . ${JSON.stringify(id)} }}{{ ${textLiteral(name)} }}{{ end -}}`),
        '{{ end }}'
      ].join('\n')
    }
  ]
})

/** A string of Go: JSON's escapes are among its own. A dollar sign is doubled for the reader of the file, which would look for a variable. */
const textLiteral = (text: string): string => JSON.stringify(text).replaceAll('$', '$$$$')

const shapes: Readonly<Record<ContactPoint, Shape>> = {
  dingding: {
    type: 'dingding',
    title: '钉钉 DingTalk',
    variable: 'CAMPUS_GAUGE_DINGTALK_URL',
    settings: (url, message) => ({ url, msgType: 'actionCard', message }),
    note: '钉钉群机器人的 webhook 地址；安全设置选“自定义关键词”，填 campus-gauge。 Webhook of a group robot; set its keyword to campus-gauge.'
  },
  wecom: {
    type: 'wecom',
    title: '企业微信 WeCom',
    variable: 'CAMPUS_GAUGE_WECOM_URL',
    settings: (url, message) => ({ url, title: '校园网络告警 campus-gauge', message }),
    note: '企业微信群机器人的 webhook 地址。 Webhook of a group robot.'
  },
  email: {
    type: 'email',
    title: '邮件 E-mail',
    variable: 'CAMPUS_GAUGE_EMAIL_TO',
    settings: (addresses, message) => ({ addresses, singleEmail: true, message }),
    note: '收件人，用分号隔开；Grafana 要配置好 [smtp]。 Recipients, separated by semicolons; Grafana needs its [smtp].'
  },
  webhook: {
    type: 'webhook',
    title: 'Webhook',
    variable: 'CAMPUS_GAUGE_WEBHOOK_URL',
    settings: url => ({ url, httpMethod: 'POST' }),
    note: '收到 Grafana 格式的 JSON。 Is sent the JSON of Grafana.'
  },
  feishu: {
    type: 'webhook',
    title: '飞书 Feishu',
    variable: 'CAMPUS_GAUGE_FEISHU_URL',
    settings: url => ({ url, httpMethod: 'POST' }),
    note:
      'Grafana 没有飞书类型：这里要填飞书“机器人助手/集成平台”中 webhook 触发器的地址，它接受任意 JSON；群聊“自定义机器人”的地址不接受 Grafana 的格式。 ' +
      'Grafana has no type for it: use the address of a webhook trigger of Feishu’s flows, which takes any JSON. A group’s custom robot refuses the form of Grafana.'
  }
}

export const contactPointName = (one: ContactPoint): string => `campus-gauge ${shapes[one].title}`

/** A contact point in the shape of a provisioning file, and what to say above it. `named`: the template of names is there too. Needs Grafana 9.1.7. */
export const contactPointFile = (
  one: ContactPoint,
  named = false
): { readonly note: string; readonly file: unknown } => {
  const { type, variable, settings, note } = shapes[one]
  return {
    note: `${variable}: ${note}`,
    file: {
      apiVersion: 1,
      contactPoints: [
        {
          orgId: 1,
          name: contactPointName(one),
          receivers: [{ uid: `campus-gauge-${one}`, type, settings: settings(`\${${variable}}`, messageOf(named)) }]
        }
      ]
    }
  }
}
