using Sluice.Catalog;
using Sluice.Diagram;
using Sluice.Text;

namespace Sluice.Documentation;

/// <summary>What pages are made of.</summary>
/// <param name="Name">What the database is called in headings.</param>
/// <param name="Migrations">What led there, oldest first; the path is the migration's name.</param>
/// <param name="SqlFiles">The files that declare what a schema cannot say, where the source is a schema.</param>
public sealed record Site(string Name, Database Database, Comments Comments, EquatableArray<SourceText> Migrations, EquatableArray<SourceText> SqlFiles);

/// <param name="Path">Relative to the folder of the pages, with `/`.</param>
public sealed record Page(string Path, string Text);
