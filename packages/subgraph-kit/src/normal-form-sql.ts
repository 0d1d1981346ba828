/** Unicode's Default_Ignorable_Code_Point, which PostgreSQL has no name for. */
const INVISIBLE = String.raw`\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0000-\U000E0FFF`;

/**
 * SQL for the form in which texts are searched: without invisible characters, case and forms of a character such as
 * full width and ligatures. Both sides of a comparison need it. `text` is an expression of the type text. Most texts are
 * in this form but for case, and finding that out is faster than normalizing them.
 */
export const searchFormSql = (text: string): string => `lower(CASE
  WHEN octet_length(${text}) = char_length(${text}) THEN ${text}
  WHEN ${text} !~ '[${INVISIBLE}]' AND ${text} IS NFKC NORMALIZED THEN ${text}
  ELSE normalize(regexp_replace(${text}, '[${INVISIBLE}]', '', 'g'), NFKC)
END)`;
