using Workbench.Core.Registry;
using Workbench.Core.Tracking;

namespace Workbench.Api;

/// <summary><c>note</c> and <c>tags</c> below a study, a run and a model version.</summary>
internal static class NoteEndpoints
{
    private const string Study = "/api/studies/{name}";
    private const string Run = "/api/runs/{id:long}";
    private const string Version = "/api/models/{name}/versions/{version:int}";

    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        Describe(routes.MapPut(Study + "/note", WriteStudyNoteAsync), "Studies");
        Describe(routes.MapPut(Run + "/note", WriteRunNoteAsync), "Runs");
        Describe(routes.MapPut(Version + "/note", WriteVersionNoteAsync), "Models");
        DescribeTags(routes.MapPatch(Study + "/tags", ChangeStudyTagsAsync), "Studies");
        DescribeTags(routes.MapPatch(Run + "/tags", ChangeRunTagsAsync), "Runs");
        DescribeTags(routes.MapPatch(Version + "/tags", ChangeVersionTagsAsync), "Models");
    }

    private static void Describe(RouteHandlerBuilder route, string group) => route.WithTags(group)
        .WithSummary("Write the note, in Markdown")
        .WithDescription($"At most {NoteStore.MostCharacters} characters; an empty text removes the note. With `was`, the note that you have read, it is "
            + "replaced only if it has not been changed since; otherwise the answer is 409.")
        .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static void DescribeTags(RouteHandlerBuilder route, string group) => route.WithTags(group)
        .WithSummary("Set and remove tags")
        .WithDescription($"Values by key; null removes a tag, and tags that are not named stay. A key has at most {NoteStore.MostKeyCharacters} letters, "
            + $"digits, spaces and . _ - / : characters, a value at most {NoteStore.MostValueCharacters} characters. Answers with all tags.")
        .Produces<IReadOnlyDictionary<string, string>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> WriteStudyNoteAsync(string name, NoteRequest request, StudyQueries studies, NoteStore notes, CancellationToken ct) =>
        await WriteAsync(notes, await StudyAsync(studies, name, ct), request, ct);

    private static async Task<IResult> WriteRunNoteAsync(long id, NoteRequest request, StudyQueries studies, NoteStore notes, CancellationToken ct) =>
        await WriteAsync(notes, await RunAsync(studies, id, ct), request, ct);

    private static async Task<IResult> WriteVersionNoteAsync(
        string name, int version, NoteRequest request, ModelRegistry registry, NoteStore notes, CancellationToken ct) =>
        await WriteAsync(notes, await VersionAsync(registry, name, version, ct), request, ct);

    private static async Task<IResult> ChangeStudyTagsAsync(
        string name, Dictionary<string, string?> changes, StudyQueries studies, NoteStore notes, CancellationToken ct) =>
        Results.Ok(await notes.ChangeTagsAsync(await StudyAsync(studies, name, ct), changes, ct));

    private static async Task<IResult> ChangeRunTagsAsync(
        long id, Dictionary<string, string?> changes, StudyQueries studies, NoteStore notes, CancellationToken ct) =>
        Results.Ok(await notes.ChangeTagsAsync(await RunAsync(studies, id, ct), changes, ct));

    private static async Task<IResult> ChangeVersionTagsAsync(
        string name, int version, Dictionary<string, string?> changes, ModelRegistry registry, NoteStore notes, CancellationToken ct) =>
        Results.Ok(await notes.ChangeTagsAsync(await VersionAsync(registry, name, version, ct), changes, ct));

    private static async Task<IResult> WriteAsync(NoteStore notes, Subject subject, NoteRequest request, CancellationToken ct)
    {
        var text = request.Text ?? throw new FieldException("text", "Give the note as text; an empty one removes it.");
        await notes.WriteNoteAsync(subject, text, request.Was, ct);
        return Results.NoContent();
    }

    private static async Task<Subject> StudyAsync(StudyQueries studies, string name, CancellationToken ct) =>
        Subject.Study((await studies.GetAsync(name, ct)).Study.Id);

    private static async Task<Subject> RunAsync(StudyQueries studies, long id, CancellationToken ct) =>
        Subject.Run((await studies.RunAsync(id, ct)).Id);

    private static async Task<Subject> VersionAsync(ModelRegistry registry, string name, int version, CancellationToken ct)
    {
        var model = await registry.GetAsync(name, ct);
        return model.Versions.Any(v => v.Version == version)
            ? Subject.Version(model.Id, version)
            : throw new NotFoundException($"The model '{name}' has no version {version}.");
    }

    /// <param name="Text">The note, in Markdown.</param>
    /// <param name="Was">The note that the writer has read; left out, whatever there is gets replaced.</param>
    internal sealed record NoteRequest(string? Text, string? Was);
}
