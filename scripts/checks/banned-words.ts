export interface BannedWord {
  /** Matched on whole words, in any case. A space stands for any white space. */
  readonly pattern: string;
  readonly instead: string;
}

/** Words and phrases that readers stumble over, and the field's terms for them. */
export const bannedWords: readonly BannedWord[] = [
  { pattern: 'mend(?:s|ed|ing)?', instead: 'fix, correct or repair' },
  { pattern: 'whoever|whom|who asks|who wants', instead: 'the caller, the client or anyone who' },
  { pattern: '(?:is|are|was|were|be) taken|taken (?:is|are)', instead: 'accepted' },
  { pattern: 'told', instead: 'reported, notified or informed' },
  { pattern: 'roads?', instead: 'path, way to upload or entry point' },
  {
    pattern: 'look(?:s|ed|ing)? through|(?:go|goes|going|gone) through all',
    instead: 'validate, scan or parse',
  },
  {
    pattern: '(?<!\\b(?:ip|ipv4|ipv6|loopback|private|public|remote|e-?mail) )address(?:es)?',
    instead: 'URL, or IP address',
  },
  { pattern: '(?<!<)pictures?', instead: 'image' },
  { pattern: 'hand(?:s|ed|ing)? (?:out|on)', instead: 'serve, pass or return' },
  { pattern: 'renditions? (?:is|are|was|were) made', instead: 'rendered or generated' },
  { pattern: '(?:given|gives?|giving|gave) back', instead: 'release or return' },
  { pattern: 'of (?:its|their|our|your|his) own', instead: 'own or separate' },
  { pattern: 'stands? in', instead: 'is in, or is listed in' },
  { pattern: '(?:is|are) none', instead: 'there is no …, or does not exist' },
  { pattern: 'no telling', instead: 'unknown' },
  { pattern: 'to be had', instead: 'available' },
  { pattern: 'as (?:it is|it comes|they are|they come)(?=[.,;:)]|$)', instead: 'unchanged' },
  { pattern: 'beside(?! each other)', instead: 'next to, or in addition to' },
  { pattern: 'for good(?! reasons?)', instead: 'permanently' },
  { pattern: 'in vain', instead: 'without result' },
  { pattern: 'begun', instead: 'started' },
  { pattern: 'everyday news', instead: 'routine messages' },
  { pattern: 'strangers?', instead: 'an unauthenticated client, or a third party' },
  { pattern: 'knows? (?:nobody|no one)', instead: 'has no reference to …' },
  { pattern: '(?:a|each|every) use(?! cases?)|uses of (?:a |the )?files?', instead: 'usage' },
  { pattern: 'says? so|said once', instead: 'reports it, or is defined once' },
  { pattern: 'or not so|no word of|the last word', instead: 'what is or happens instead' },
];
