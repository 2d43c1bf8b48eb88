# Das Haus für alle, die darin sind
nav-faq = FAQs
nav-feedback = Feedback
home-faq = Fragen, die andere vor Ihnen hatten
home-links = Links
home-unrestricted = Sie haben Rechte erhalten.
home-tour = Rundgang beginnen
faq-default =
    ## Was kann ich hier tun?

    { $organisation } entscheidet auf dieser Website, wer beitreten darf und was erreichbar ist. Was Sie öffnen dürfen, steht neben dieser Seite.

    ## Warum ist mein Zugang eingeschränkt?

    Solange Ihnen niemand Rechte gegeben hat, können Sie nur diese Seite, die Startseite, das Feedback und Ihre Einstellungen öffnen. Die Verwaltung weiß Bescheid.

    ## Wie ändere ich Namen, Sprache oder Passwort?

    In Ihren Einstellungen, unter Ihrem Namen.

    ## Wie gehe ich wieder?

    In Ihren Einstellungen können Sie unter Kundennummern Ihren Zugang selbst kündigen.
feedback-text = Was gefällt, was nicht, was fehlt Ihnen? { $organisation } liest, was Sie hier schreiben.
feedback-message = Ihre Nachricht
feedback-button = Feedback senden
done-feedback = Danke. Ihre Nachricht ist unterwegs.

# Der Rundgang
tour-title = Rundgang
tour-left = { $n ->
    [0] der letzte Schritt
    [one] danach noch 1 Schritt
   *[other] danach noch { $n } Schritte
}
tour-next = Weiter
tour-end = Beenden
tour-skip = Rundgang überspringen
tour-go = Öffnen
tour-requests = Zugangsanfragen
tour-requests-text = Hier steht, wer beitreten möchte. Öffnen Sie eine Anfrage, um sie zu lesen, und genehmigen Sie sie oder lehnen Sie sie ab. Die Seite hält sich selbst auf dem Stand.
tour-users = Benutzer
tour-users-text = Alle Mitglieder und offenen Einladungen. Öffnen Sie ein Mitglied, um Rollen zu vergeben, Vorgesetzte einzutragen oder eine Sitzung zu beenden. Wer auf Rechte wartet, steht unter „Wartet auf Rechte“.
tour-invitations = Einladungen
tour-invitations-text = Laden Sie Personen per E-Mail ein, einzeln oder viele. Hier sehen Sie, was aus jeder Einladung wurde, und können sie erneut senden oder löschen.
tour-roles = Rollen
tour-roles-text = Eine Rolle ist eine Menge von Rechten. Legen Sie die nötigen an, bevor Sie einladen, dann können Sie sie gleich vergeben.
tour-groups = Gruppen
tour-groups-text = Gruppen sind benannte Mengen von Mitgliedern.
tour-settings = Einstellungen der Organisation
tour-settings-text = Die Links der Startseite, Fragen und Antworten, wie lange Einladungen gelten, und wer nach Adresse oder Anbieter zu Ihnen gehört.

# Einstellungen des Hauses
settings-name = Name
settings-links = Links der Startseite
settings-links-text = Alle in der Organisation sehen sie, auch wer noch keine Rechte hat. Ein Link führt zu einer Webseite oder zu einer PDF-Datei von höchstens 10 MB.
settings-link-add = Link hinzufügen
settings-link-up = Nach oben
settings-link-change = Ändern
label-link-title = Text des Links
label-link-url = Adresse der Webseite
label-link-file = Oder eine PDF-Datei
settings-faq-text = Fragen und Antworten für alle in der Organisation, in Markdown. Ohne eigene Seite wird eine allgemeine gezeigt.
label-faq = Seite
settings-feedback-text = Feedback geht an diese Adresse. Ist sie leer, erhalten es alle, die diese Einstellungen ändern dürfen.
settings-mails-requests = E-Mail: Wer Anfragen entscheidet, erfährt von neuen
label-request-days = Anfragen verfallen nach so vielen Tagen ohne Entscheidung (1 bis 365)
label-feedback-address = Adresse für Feedback
settings-export = Export
settings-export-text = Alles, was zur Organisation gespeichert ist, als JSON und CSV in einem Archiv. Es enthält Namen und Adressen: Bewahren Sie es sicher auf.
settings-export-button = Archiv erstellen
settings-export-waiting = Das Archiv wird erstellt.
settings-export-rows = { $n } Zeilen.
settings-export-look = Noch einmal nachsehen
settings-export-fetch = Archiv herunterladen
settings-export-until = Aufbewahrt bis
settings-export-failed = Das Archiv konnte nicht erstellt werden. Fordern Sie es noch einmal an, oder sagen Sie es dem Betreiber.
done-export = Das Archiv wird erstellt. Hier steht es, sobald es fertig ist, und bleibt einen Tag lang.
settings-close = Organisation schließen
settings-close-text = Alle Mitglieder werden sofort benachrichtigt. Nach sieben Tagen kommt niemand mehr hinein, offene Anfragen werden abgebrochen, und Links sagen, dass die Organisation geschlossen ist. Bis dahin kann die Administration es zurücknehmen.
settings-close-type = Tippen Sie zur Bestätigung die Kundennummer { $number }.
settings-close-button = Organisation schließen
settings-close-keep = Organisation offen lassen
closing-text = Die Organisation schließt
closing-banner = { $organisation } schließt
done-closes = Die Organisation schließt in sieben Tagen. Alle Mitglieder werden benachrichtigt.
done-stays = Die Organisation bleibt offen. Alle Mitglieder werden benachrichtigt.
copy = Kopieren
copied = Kopiert

# Das eigene Konto löschen
settings-leave = Mein Konto löschen
leave-text = Ihr Konto wird nach sieben Tagen gelöscht; bis dahin können Sie es sich anders überlegen. Name, Adresse, Sitzungen und Nachrichten werden gelöscht. Ihre Entscheidungen bleiben unter einem Pseudonym im Verlauf.
leave-type = Ihre E-Mail-Adresse, zur Bestätigung
leave-button = Mein Konto löschen
leave-waits = Ihr Konto wird gelöscht
leave-keep = Mein Konto behalten
event-organisation-closes = Die Organisation soll schließen
event-organisation-stays = Die Organisation bleibt offen
event-organisation-closed = Die Organisation wurde geschlossen
event-organisation-exported = Die Daten wurden exportiert
event-faq-changed = Fragen und Antworten geändert
event-link-added = Link hinzugefügt
event-link-changed = Link geändert
event-link-removed = Link entfernt
event-feedback-given = Feedback gegeben
event-account-leaves = Das Konto soll gelöscht werden
event-account-stays = Das Konto bleibt
event-account-erased = Das Konto wurde gelöscht
