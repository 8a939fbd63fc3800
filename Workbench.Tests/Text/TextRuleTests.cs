using Workbench.Core.Studies;
using Workbench.Core.Text;
using Workbench.Core.Tracking;

namespace Workbench.Tests.Text;

public sealed class TextRuleTests
{
    [Theory]
    [InlineData("o\0pt", "It holds the character NUL, which is no text.")]
    [InlineData("12345678901", "It has 11 characters; 10 is the most.")]
    [InlineData("two\nlines", null)]
    [InlineData("whole 👍", null)]
    public void Text_is_what_PostgreSQL_can_store(string text, string? fault) => Assert.Equal(fault, TextRule.Fault("It", text, 10));

    // An attribute can't hold such a text: its own is UTF-8.
    [Fact]
    public void Half_a_character_is_no_text_and_no_name()
    {
        Assert.Equal("It holds half a character (an unpaired surrogate).", TextRule.Fault("It", "half \ud800", 10));
        Assert.False(TextRule.IsStorable("\udc00"));
        Assert.NotNull(StudyRequest.NameFault("a\ud800b"));
    }

    [Theory]
    [InlineData("two\nlines", "U+000A")]
    [InlineData("ab\u202edc", "U+202E")]
    [InlineData("a\u200bb", "U+200B")]
    public void In_a_line_every_character_can_be_seen(string text, string unseen) =>
        Assert.Equal($"It holds the character {unseen}, which can't be seen.", TextRule.LineFault("It", text, 10));

    // An accent that combines with its letter, Devanagari with vowels, a letter beyond 16 bits, Arabic with a mark.
    [Theory]
    [InlineData("e\u0301tude")]
    [InlineData("हिन्दी")]
    [InlineData("𝔸1")]
    [InlineData("مُحمد")]
    public void Names_are_letters_and_digits_of_any_script(string name)
    {
        Assert.Null(StudyRequest.NameFault(name));
        Assert.Null(ModelAlias.Fault(name));
        Assert.Null(NoteStore.TagFault(Subject.Study(1), name, name));
    }

    [Theory]
    [InlineData("\u0301mark-first")]
    [InlineData("a-\u0301mark-after-a-sign")]
    [InlineData("a\0b")]
    [InlineData("a\u202eb")]
    [InlineData("a👍")]
    public void What_is_no_letter_is_refused_in_every_name(string name)
    {
        Assert.NotNull(StudyRequest.NameFault(name));
        Assert.NotNull(ModelAlias.Fault(name));
        Assert.NotNull(NoteStore.TagFault(Subject.Study(1), name, "value"));
    }
}
