using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Workbench.Core.Tracking.Migrations
{
    /// <inheritdoc />
    public partial class RunFolders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "artifact_folder",
                table: "experiments",
                type: "text",
                nullable: false,
                defaultValue: "runs");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "artifact_folder",
                table: "experiments");
        }
    }
}
