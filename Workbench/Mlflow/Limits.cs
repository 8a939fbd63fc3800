using Workbench.Core.Tracking;

namespace Workbench.Mlflow;

/// <summary>What MLflow's server allows, and says of what it does not.</summary>
internal static class Limits
{
    public const int Key = 250;
    public const int Param = 6_000;
    public const int Tag = 8_000;
    public const int ExperimentTag = 5_000;
    public const int ModelTag = 100_000;
    public const int Metrics = 1_000;
    public const int ParamsAndTags = 100;
    public const int Entities = 1_000;

    private const string Others = "_-./: ";

    /// <summary>A metric's, param's or tag's name, if it is good.</summary>
    /// <exception cref="FieldException">It is missing, too long, or has characters that may not be in it.</exception>
    public static string Name(this Message message, string kind, string field = "key")
    {
        var name = message.Required(field);
        if (name.Length > Key)
        {
            throw new FieldException(
                message.Path(field), $"{kind} name '{name[..50]}…' had length {name.Length}, which exceeded length limit of {Key}: it exceeds the maximum length of {Key} characters.");
        }
        if (!name.All(c => char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark || Others.Contains(c, StringComparison.Ordinal)))
        {
            throw message.Invalid(
                field,
                $"Invalid {kind.ToLowerInvariant()} name: '{name}'. Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).");
        }
        if (name.StartsWith('/') || name.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw message.Invalid(
                field,
                $"Invalid {kind.ToLowerInvariant()} name: '{name}'. Names may be treated as files in certain cases, and must not resolve to other names when treated as such.");
        }
        return name;
    }

    /// <summary>A text, cut to so many characters: as MLflow's server does.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>Key and value pairs of a field, values cut to so many characters.</summary>
    public static Dictionary<string, string> Tags(this Message message, string field, int most)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in message.Items(field))
        {
            tags[tag.Name("Tag")] = Cut(tag.Text("value") ?? "", most);
        }
        return tags;
    }

    /// <summary>How many results a page may have.</summary>
    public static int PageSize(this Message message, int usual, int most, string field = "max_results") => message.Whole(field) switch
    {
        null => usual,
        < 0 => throw message.Invalid(field, $"Invalid value for request parameter {field}. It must be at least 0, and at most {most}."),
        var size when size > most => throw message.Invalid(field, $"Invalid value for request parameter {field}. It must be at most {most}, but got value {size}."),
        var size => (int)size,
    };

    /// <summary>Which of what can be deleted is meant.</summary>
    public static DeletionView View(this Message message, string field) => message.Word(field) switch
    {
        null or "" or "ACTIVE_ONLY" or "1" => DeletionView.Active,
        "DELETED_ONLY" or "2" => DeletionView.Deleted,
        "ALL" or "3" => DeletionView.All,
        _ => throw message.Invalid(field, "It must be ACTIVE_ONLY, DELETED_ONLY or ALL."),
    };

    /// <summary>The key of an experiment.</summary>
    public static long ExperimentId(this Message message, string field = "experiment_id") => ExperimentId(message.Required(field), message.Path(field));

    /// <summary>The key of an experiment.</summary>
    public static long ExperimentId(string text, string field) => long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var id)
        ? id
        : throw new FieldException(field, $"Invalid experiment ID '{text}': it must be a whole number.");

    /// <summary>The identity of a run.</summary>
    public static Guid RunId(this Message message) => RunId(message.Required("run_id", "run_uuid"));

    /// <summary>The identity of a run.</summary>
    public static Guid RunId(string text) => Guid.TryParseExact(text, "N", out var id) ? id : throw new NotFoundException($"Run with id={text} not found");

    /// <summary>A moment from milliseconds since 1970; null when the field is not set.</summary>
    public static DateTimeOffset? Moment(this Message message, string field) => message.Whole(field) switch
    {
        null => null,
        var time when time >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && time <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() =>
            DateTimeOffset.FromUnixTimeMilliseconds(time.Value),
        _ => throw message.Invalid(field, "It is no time within the years 1 to 9999, in milliseconds since 1970."),
    };
}
