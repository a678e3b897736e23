using EventPlatform.Data;

namespace EventPlatform;

/// <summary>Who may do what in a room; README.md has it as a table, and the check goes through it.</summary>
internal static class Rules
{
    public static bool MaySee(Room room, Participant? me, Caller caller) => me is not null || caller.IsAdmin || (room.IsPublic && room.Status is not RoomStatus.Draft);

    /// <summary>The room itself, its prizes, its draws.</summary>
    public static bool MayManage(Participant? me, Caller caller) => caller.IsAdmin || me?.Role is ParticipantRole.Admin or ParticipantRole.Organizer;

    /// <summary>Bring somebody in, or send somebody out who ranks lower.</summary>
    public static bool MayModerate(Participant? me, Caller caller, ParticipantRole whom) =>
        caller.IsAdmin || me?.Role is ParticipantRole.Admin || (me?.Role is ParticipantRole.Organizer or ParticipantRole.Moderator && Rank(me.Role) < Rank(whom));

    /// <summary>Make somebody of one role one of another: nobody above himself, and nobody who is.</summary>
    public static bool MayPromote(Participant? me, Caller caller, ParticipantRole from, ParticipantRole to) =>
        caller.IsAdmin || me?.Role is ParticipantRole.Admin || (me?.Role is ParticipantRole.Organizer && Rank(me.Role) < Rank(from) && Rank(me.Role) < Rank(to));

    // The enum begins with the mightiest.
    private static int Rank(ParticipantRole role) => (int)role;
}
