// Hangfire names the server's language, which is none where .NET runs without language data; its words are English then.
if (document.documentElement.lang === "iv") {
  document.documentElement.lang = "en";
}
