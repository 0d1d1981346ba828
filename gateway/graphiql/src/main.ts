const place = document.getElementById('graphiql');
if (!place) throw new Error('index.html has no element with the id "graphiql".');

// The page shows its first text before it loads the editor, which is large.
void import('./app.tsx').then(({ start }) => start(place));
